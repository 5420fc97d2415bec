#pragma once
// What the coach says, and how: colours and rewriting only where a terminal can show them.

#include <functional>
#include <string>
#include <string_view>

namespace coach {

enum class Style { plain, good, bad, dim, bold };

class Terminal {
 public:
  /// `plain`: no colour, no cursor movement, whatever the output is.
  explicit Terminal(bool plain);

  /// The same, but lines are added to `text`, which outlives it.
  Terminal writing_to(std::string& text) const;

  /// The same, but what goes on is told to `listener`, too.
  Terminal telling(std::function<void(std::string_view)> listener) const;

  /// Looks again how wide the terminal is.
  void measure();
  /// Columns of the output; 80 where there is no terminal.
  std::size_t width() const { return width_; }
  bool plain() const { return plain_; }

  /// Colour is never the only carrier of a meaning.
  std::string styled(Style style, std::string_view text) const;
  /// Text in paragraphs, wrapped; indented or fenced lines are code, and stay as they are.
  void say(std::string_view text, std::size_t indent = 0) const;
  /// A line that is wrapped only if it is too long; what follows hangs two columns further in.
  void hang(std::string_view text, Style style = Style::plain) const;
  /// A line as it is.
  void line(std::string_view text = "") const;
  /// What goes on now, on a line that is rewritten; nothing without a terminal.
  void progress(std::string_view text) const;
  void end_progress() const;
  /// While somebody else has the terminal, no progress is shown.
  void hold_progress(bool held) const { held_ = held; }

 private:
  bool plain_, colour_;
  std::size_t width_;
  mutable bool in_progress_ = false, held_ = false;
  std::string* text_ = nullptr;  // instead of the output
  std::function<void(std::string_view)> told_;
};

}  // namespace coach
