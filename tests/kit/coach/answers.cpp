// Judges answer sheets of a prediction outside of a learner's folder, for tests/kit/predictions.py:
// kit-answers EXERCISE PRINTED SHEET… prints "pass", "fail" or "todo" for each sheet.

#include <cstdio>
#include <exception>

#include "files.hpp"
#include "prediction.hpp"

int main(int argc, char** argv) try {
  if (argc < 4) return 2;
  const coach::Course course = coach::Course::read();
  const coach::Item& item = *course.find(argv[1]).item;
  const std::string printed = coach::read_file(argv[2]);
  for (int i = 3; i < argc; ++i) {
    const auto result = coach::judge_prediction(item, coach::read_file(argv[i]), printed);
    std::printf("%s\n", result.event.c_str());
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
