#pragma once
// The learner's terminal as a device: keys at once and unechoed, and every mode put back later.

#include <termios.h>

namespace coach {

class Tty {
 public:
  /// Remembers the modes of standard input.
  Tty();
  Tty(const Tty&) = delete;
  Tty& operator=(const Tty&) = delete;
  /// Puts them back.
  ~Tty() { restore(); }

  /// Every key comes at once, and is not echoed. Ctrl-C and Ctrl-Z remain signals.
  void take_keys();
  /// As it was found.
  void restore();

 private:
  void set(const termios& modes) const;

  termios found_{};
};

}  // namespace coach
