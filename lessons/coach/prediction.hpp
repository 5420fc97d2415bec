#pragma once
// The learner's answer sheet of a prediction, and the verdict on it.

#include <string_view>

#include "course.hpp"
#include "verdict.hpp"

namespace coach {

/// Compares a sheet with what the program prints. Answers belong to the question above them, or,
/// where the sheet holds no questions, follow each other. Says where the answers first differ, and
/// nothing of the rest; a question without an answer is still to do.
TestResult judge_prediction(const Item& item, std::string_view sheet, std::string_view printed);

}  // namespace coach
