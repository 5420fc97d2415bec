#pragma once
// What has come out of the tests of NN.inject, in numbers; and a file that keeps them, so that a
// run that was ended goes on after the tests that it has finished.

#include <array>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

namespace tests {

enum Figure : std::size_t {
  places,    // that there are
  tried,     // of those that were chosen
  reached,   // where something did fail
  distinct,  // places in the code, times the ways to fail there
  distinct_tried,
  distinct_reached,
  stopped,  // halfway, since somebody had failed
  asked,    // to stop
  own_faults,
  faults,
  count_of_figures
};

/// Copies may lie in memory that processes share.
class Figures {
 public:
  std::size_t& operator[](Figure figure) { return all_[figure]; }
  void add(const Figures& other) {
    for (std::size_t i = 0; i < all_.size(); ++i) all_[i] += other.all_[i];
  }
  std::string text() const {
    static constexpr std::array names{"places",   "tried",          "reached",
                                      "distinct", "distinct tried", "distinct reached",
                                      "stopped",  "asked to stop",  "ended by the test's own fault",
                                      "faults"};
    static_assert(names.size() == count_of_figures);
    std::string text;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      text += (i == 0 ? "" : ", ") + std::to_string(all_[i]) + ' ' + names[i];
    }
    return text;
  }
  friend std::ostream& operator<<(std::ostream& out, const Figures& figures) {
    for (const std::size_t each : figures.all_) out << ' ' << each;
    return out;
  }
  friend std::istream& operator>>(std::istream& in, Figures& figures) {
    for (std::size_t& each : figures.all_) in >> each;
    return in;
  }

 private:
  std::array<std::size_t, count_of_figures> all_{};
};

/// A line for each test that is over.
class FiguresLog {
 public:
  /// Without a name nothing is kept.
  explicit FiguresLog(const char* file) : file_(file == nullptr ? "" : file) {
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::string test;
      if (Figures figures; words >> test >> figures) known_[test] = figures;
    }
  }
  /// What came out of this test before; null: nothing.
  const Figures* find(const std::string& test) const {
    const auto found = known_.find(test);
    return found == known_.end() ? nullptr : &found->second;
  }
  void note(const std::string& test, const Figures& figures) {
    if (!file_.empty()) std::ofstream(file_, std::ios::app) << test << figures << '\n';
  }

 private:
  const std::string file_;
  std::map<std::string, Figures> known_;
};

}  // namespace tests
