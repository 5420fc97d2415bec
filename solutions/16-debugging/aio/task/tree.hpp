#pragma once
// The answer is the runtime itself. README.md says why it is written so.
#include_next <aio/task/tree.hpp>
