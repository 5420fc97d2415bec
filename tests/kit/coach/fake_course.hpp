#pragma once
// A course of one lesson in a folder of its own, which is the current folder while it lives.

#include <filesystem>
#include <string>
#include <string_view>

#include "files.hpp"
#include "support/temporary.hpp"

namespace fake {

inline constexpr std::string_view lesson_json = R"({
  "title": "Counting", "promise": "You can count.", "learned": "You count.",
  "layers": ["counter"],
  "steps": [
    { "id": "4.1", "task": "Begin at zero.", "learned": "Zero." },
    { "id": "4.2", "task": "Add one.", "learned": "One." } ],
  "exercises": [
    { "id": "predict-4a", "title": "Three counts", "task": "Write what it prints.", "learned": "Order.", "program": "three" },
    { "id": "predict-4b", "title": "How many", "task": "Count them.", "learned": "Numbers.",
      "program": "many",
      "questions": ["How many are there?", "And afterwards?"] },
    { "id": "fix-4c", "title": "One too many", "task": "It counts twice.", "learned": "Once." },
    { "id": "use-4d", "title": "Ten", "task": "Count to ten.", "learned": "Ten." } ],
  "demos": [ { "program": "three", "shows": "counting to three" } ] })";

inline constexpr std::string_view counter_hpp = R"(#pragma once
// Lesson 04, counter.

#include <aio/clock.hpp>

class Counter {
 public:
  Counter();
  int add();
  int value_;
};

// Implementation

//: 4.1 begin at zero
inline Counter::Counter() { value_ = 0; }

//: 4.2 add one
inline int Counter::add() { return ++value_; }
)";

inline constexpr std::string_view fix_cpp = R"(#include <aio/counter.hpp>

void twice(Counter& counter) {
  //: fix-4c now
  counter.add();
  //: fix-4c was
  // counter.add(), counter.add();
  //: fix-4c end
}
)";

inline constexpr std::string_view use_cpp = R"(#include <aio/counter.hpp>

//: use-4d count to ten
int ten() { return 10; }
)";

class Folder {
 public:
  Folder() : before_(std::filesystem::current_path()), path_(tests::temporary("coach-test")) {
    std::filesystem::remove_all(path_);
    write("lessons/04-counting/lesson.json", lesson_json);
    write("runtime/aio/counter.hpp", counter_hpp);
    write("solutions/04-counting/fix-4c.cpp", fix_cpp);
    write("solutions/04-counting/use-4d.cpp", use_cpp);
    std::filesystem::current_path(path_);
  }
  ~Folder() {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(std::string_view name, std::string_view text) const {
    coach::write_file(path_ / name, text);
  }

 private:
  std::filesystem::path before_, path_;
};

}  // namespace fake
