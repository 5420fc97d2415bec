#pragma once
// An error that no loop, future or task may keep for itself.

#include <aio/support/errors.hpp>

namespace tests {

/// An error that must leave the loop.
struct Interrupt : aio::FatalError {};

}  // namespace tests
