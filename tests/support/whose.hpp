#pragma once
// Whose file was compiled: the reference's, or a learner's? Every run of a test says so.
//
//   const auto compiled = tests::compiled_from(aio::layers::event_loop);

#include <string>
#include <vector>

namespace tests {

struct CompiledFrom {
  ~CompiledFrom() {}  // so that no compiler calls a constant of this type unused
};

/// Notes the path of a layer's header; main() prints it before the first test.
CompiledFrom compiled_from(const char* path);

/// The noted paths, relative to the repository where they are inside it.
const std::vector<std::string>& compiled_files();

}  // namespace tests
