#!/bin/sh
# SPDX-License-Identifier: MIT
# The program with calls to the system spoilt by fault.so.
# FAULT_ALL=1 spoils every call in turn, which takes an hour.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
modules="pytest requests pexpect pyte"
. "$here/../python.sh"

TOP_BUILDDIR=${TOP_BUILDDIR:-$here/../..}
PYTHONPATH=$PYTHONPATH:$here/../ui
export TOP_BUILDDIR PYTHONPATH

run_pytest "$@"
