#pragma once
// What a loop writes when nobody else takes its reports.
//
//   tests::Stderr stderr_text;
//   loop.run_once();
//   EXPECT_EQ(stderr_text.take(), "");

#include <string>

#include <gtest/gtest.h>

#include "support/spared.hpp"

namespace tests {

/// Takes what is written to stderr while it lives.
class Stderr {
 public:
  Stderr() {
    const Spared spared_here;
    testing::internal::CaptureStderr();
  }
  ~Stderr() {
    if (!taken_) take();
  }
  Stderr(const Stderr&) = delete;
  Stderr& operator=(const Stderr&) = delete;
  std::string take() {
    const Spared spared_here;
    taken_ = true;
    return testing::internal::GetCapturedStderr();
  }

 private:
  bool taken_ = false;
};

}  // namespace tests
