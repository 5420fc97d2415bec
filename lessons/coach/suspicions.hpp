#pragma once
// What compiles and is seldom meant. g++ 12 does not warn of these mistakes with coroutines, so the
// coach looks for them when a check has failed.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coach {

struct Suspicion {
  std::size_t line = 0;  // counted from 1
  std::string_view sentence;
};

/// Coroutines that can end without the value that they promise, and lambdas that are coroutines and
/// capture something. In the order of their lines.
std::vector<Suspicion> suspicions(std::string_view source);

}  // namespace coach
