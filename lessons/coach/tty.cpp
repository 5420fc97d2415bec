#include "tty.hpp"

#include <unistd.h>

#include <aio/support/syscall.hpp>

namespace coach {

Tty::Tty() { aio::check_syscall("tcgetattr", ::tcgetattr(STDIN_FILENO, &found_)); }

void Tty::take_keys() {
  termios modes = found_;
  modes.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  set(modes);
}

void Tty::restore() { set(found_); }

/// In the background the terminal is somebody else's.
void Tty::set(const termios& modes) const {
  if (::tcgetpgrp(STDIN_FILENO) != ::getpgrp()) return;
  while (::tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) == -1 && errno == EINTR) {
  }
}

}  // namespace coach
