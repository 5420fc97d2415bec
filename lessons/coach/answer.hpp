#pragma once
// The code of an answer.

#include <string>
#include <vector>

#include "course.hpp"

namespace coach {

/// A piece of code, and the file that it stands in.
struct AnswerPiece {
  fs::path file;
  std::string code;
};

/// Of a step, its functions in the reference; of a prediction, nothing; of others, the whole file.
std::vector<AnswerPiece> answer_of(const Lesson& lesson, const Item& item);

}  // namespace coach
