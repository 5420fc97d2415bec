#include "difference.hpp"

#include <algorithm>

#include "text.hpp"

namespace coach {

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
  Lines lines = split_lines(text);
  for (std::string& line : lines) line.erase(line.find_last_not_of(" \t\r") + 1);
  return lines;
}

/// How many lines the rests of two texts share at most, for every pair of beginnings.
class SharedLines {
 public:
  SharedLines(const Lines& a, const Lines& b)
      : width_(b.size() + 1), counts_((a.size() + 1) * width_) {
    for (std::size_t i = a.size(); i-- > 0;) {
      for (std::size_t j = b.size(); j-- > 0;) {
        at(i, j) = a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
  }
  std::size_t& at(std::size_t i, std::size_t j) { return counts_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::size_t> counts_;
};

}  // namespace

std::vector<std::string> difference(std::string_view before, std::string_view after) {
  const Lines a = lines_of(before);
  const Lines b = lines_of(after);
  SharedLines shared(a, b);
  Lines all;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      all.push_back("  " + a[i]);
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && shared.at(i + 1, j) >= shared.at(i, j + 1))) {
      all.push_back("- " + a[i++]);
    } else {
      all.push_back("+ " + b[j++]);
    }
  }
  return all;
}

}  // namespace coach
