#pragma once
// Names that only this process knows, and look-ups that take as long as a test likes.
//
//   tests::Names names;
//   names.add("two.test", {"127.0.0.2", "127.0.0.3"});
//   names.hold();     // look-ups of names that end in .test begin, and do not end
//   names.let_go();   // now they do

#include <string>
#include <vector>

namespace tests {

/// While it lives, getaddrinfo() answers for the names that end in ".test". One at a time.
class Names {
 public:
  Names();
  /// Lets all look-ups go, and waits until none is under way.
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// What `name` stands for, in this order. Names that were not added do not exist.
  void add(const std::string& name, std::vector<std::string> numbers);
  void hold();
  void let_go();
  /// Look-ups under way, the most that were at once, and all that ever began.
  int under_way() const;
  int most_at_once() const;
  int begun() const;
};

}  // namespace tests
