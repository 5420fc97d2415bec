// Cuts a part out of a lesson's tests: `slice TESTS OUTPUT step 2` keeps the tests of step 2,
// `slice TESTS OUTPUT half 1` the first half of all. What is no test stays, so a part compiles like
// the whole; lines keep their numbers. A learner who waits for one step then compiles one step.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// `TEST(suite, name) {…}`, or TEST_F or TEST_P, with the line that ends it.
struct Test {
  std::string suite;
  std::size_t begin = 0, end = 0;
};

/// Whether a test that begins on this line ends on it.
bool ends(std::string_view line) {
  const auto opened = std::ranges::count(line, '{');
  return opened > 0 && opened == std::ranges::count(line, '}');
}

/// Behind the next line that is only a brace.
std::size_t end_below(std::string_view text, std::size_t line) {
  const std::size_t brace = text.find("\n}\n", line);
  return brace == std::string_view::npos ? brace : brace + 3;
}

/// Our tests begin and end at the beginning of a line; clang-format sees to that.
std::vector<Test> tests_in(std::string_view text) {
  std::vector<Test> tests;
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t next = std::min(text.find('\n', line), text.size() - 1) + 1;
    const std::size_t open = text.find('(', line);
    const std::string_view word = text.substr(line, std::min(open, next) - line);
    if (word != "TEST" && word != "TEST_F" && word != "TEST_P") {
      line = next;
      continue;
    }
    const std::size_t comma = text.find(',', open);
    const std::size_t close = ends(text.substr(line, next - line)) ? next : end_below(text, line);
    if (comma == std::string_view::npos || close == std::string_view::npos) {
      throw std::runtime_error("a test does not end with } at the beginning of a line");
    }
    tests.push_back({std::string(text.substr(open + 1, comma - open - 1)), line, close});
    line = tests.back().end;
  }
  return tests;
}

/// Where the second half begins: between two suites, nearest to the middle of the tests' text.
std::size_t middle(const std::vector<Test>& tests) {
  std::size_t all = 0, before = 0, best = tests.size();
  for (const Test& test : tests) all += test.end - test.begin;
  std::size_t best_distance = all;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const std::size_t distance = before * 2 > all ? before * 2 - all : all - before * 2;
    const bool new_suite = i > 0 && tests[i].suite != tests[i - 1].suite;
    if (new_suite && distance < best_distance) {
      best = i;
      best_distance = distance;
    }
    before += tests[i].end - tests[i].begin;
  }
  return best;
}

/// The text without the tests that `keep(index)` refuses; their lines stay, empty.
template <class Keep>
std::string part_of(std::string_view text, const std::vector<Test>& tests, Keep keep) {
  std::string part;
  std::size_t at = 0;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (keep(i)) continue;
    part += text.substr(at, tests[i].begin - at);
    for (std::size_t k = tests[i].begin; k < tests[i].end; ++k) {
      if (text[k] == '\n') part += '\n';
    }
    at = tests[i].end;
  }
  return part += text.substr(at);
}

std::string slice(std::string_view text, std::string_view kind, const std::string& number) {
  const std::vector<Test> tests = tests_in(text);
  if (kind == "step") {
    const std::string suites = "Step" + number + "_";
    return part_of(text, tests, [&](std::size_t i) { return tests[i].suite.starts_with(suites); });
  }
  // A suite whose tests are not together belongs where its first test is.
  const std::size_t second = middle(tests);
  return part_of(text, tests, [&](std::size_t i) {
    std::size_t first = 0;
    while (tests[first].suite != tests[i].suite) ++first;
    return (first < second) == (number == "1");
  });
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) throw std::runtime_error("usage: slice TESTS OUTPUT step|half NUMBER");
  std::ifstream input(argv[1], std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(input), {});
  if (text.empty()) throw std::runtime_error(std::string("cannot read ") + argv[1]);
  std::ofstream output(argv[2], std::ios::binary);
  output << "#line 1 \"" << argv[1] << "\"\n" << slice(text, argv[3], argv[4]);
  output.close();
  if (!output) throw std::runtime_error(std::string("cannot write ") + argv[2]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "slice: %s\n", error.what());
  return 1;
}
