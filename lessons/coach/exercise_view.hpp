#pragma once
// The page of watch mode: the exercise, its verdict, what was asked for, and the keys. What does
// not fit into the terminal is left out of the verdict's middle.

#include <optional>
#include <string>
#include <vector>

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

  /// Whether the exercise passes as its file is now.
  bool passes() const;
};

class ExerciseView {
 public:
  ExerciseView(const Desk& desk, const Screen& screen) : desk_(desk), screen_(screen) {}

  void draw(const Shown& shown) const;
  /// For a plain terminal, where text follows text.
  void draw_verdict(const Shown& shown) const;
  void draw_answers(const Shown& shown) const;  // hints, help and note
  /// The verdict in full, as text.
  std::string whole_verdict(const Shown& shown) const;

 private:
  struct Parts {
    std::vector<std::string> head, verdict, answers, keys;
  };
  Parts parts_of(const Shown& shown, bool brief) const;
  std::size_t rows_of(const std::vector<std::string>& lines) const;
  std::size_t rows_of(const Parts& parts) const;
  void leave_out_the_middle(Parts& parts) const;

  Desk desk_;
  const Screen& screen_;
};

}  // namespace coach
