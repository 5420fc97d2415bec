#pragma once
// The page of watch mode: the exercise, its verdict, what was asked for, and the keys.

#include <optional>
#include <string>

#include "checks.hpp"
#include "commands.hpp"
#include "screen.hpp"

namespace coach {

/// What there is to see.
struct Shown {
  Place place;
  std::optional<CheckResult> result;  // none yet
  bool updated = false;               // the kit changed a starter under an edited file
  bool hints = false, help = false;
  std::string note;  // an answer to the last key
};

class ExerciseView {
 public:
  ExerciseView(const Desk& desk, const Screen& screen) : desk_(desk), screen_(screen) {}

  void draw(const Shown& shown) const;
  void draw_head(const Shown& shown) const;
  void draw_verdict(const Shown& shown) const;
  void draw_answers(const Shown& shown) const;  // hints, help and note
  void draw_keys() const;

 private:
  void draw_open_hints(const Shown& shown) const;
  void draw_pass(const Place& place) const;

  Desk desk_;
  const Screen& screen_;
};

}  // namespace coach
