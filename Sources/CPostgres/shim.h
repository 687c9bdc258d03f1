// SPDX-License-Identifier: Apache-2.0
// libpq, found through pkg-config.
#include <libpq-fe.h>
