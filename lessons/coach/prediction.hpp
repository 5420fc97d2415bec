#pragma once
// The learner's answer sheet of a prediction, and the verdict on it.

#include <string>
#include <string_view>
#include <vector>

#include "course.hpp"
#include "verdict.hpp"

namespace coach {

/// Compares a sheet with what the program prints. Answers belong to the question above them, or,
/// where the sheet holds no questions, follow each other. Says where the answers first differ, and
/// nothing of the rest; a question without an answer is still to do.
TestResult judge_prediction(const Item& item, std::string_view sheet, std::string_view printed);

/// What has been answered so far: for each question, or, where there are none, each line.
std::vector<std::string> answers_in(const Item& item, std::string_view sheet);

/// The sheet with these answers instead of its own; what is behind # stays. An answer is what
/// stands on one line, and no answer begins with #: what is more than that is left out.
std::string with_answers(const Item& item, std::string_view sheet,
                         const std::vector<std::string>& answers);

}  // namespace coach
