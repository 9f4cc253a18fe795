# SPDX-License-Identifier: BSD-2-Clause
# Tests of the source tree itself.

$(eval $(call script_test,tree/size,60,tests/tree/size.sh))
$(eval $(call script_test,tree/docs,60,tests/tree/docs.sh))
# Reads what every object was made of.
$(eval $(call booted_test,tree/layers,120,tests/tree/layers.sh))
$(eval $(call script_test,tree/walks,60,tests/tree/walks.sh))
$(eval $(call booted_test,tree/howto,900,tests/tree/howto.sh))
