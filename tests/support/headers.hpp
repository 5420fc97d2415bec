// Precompiled for the tests: what nearly every one of them includes. Never a layer of the runtime,
// since which copy of a layer a test compiles is what its variants differ in.
#include <algorithm>
#include <array>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "support/allocations.hpp"
#include "support/faults.hpp"
#include "support/seed.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

#if __has_include(<layers_of_mine.hpp>)
#include <layers_of_mine.hpp>  // with another layer in variant `mine`, all is compiled again
#endif
