#pragma once
// Somebody rings: a door and a telephone, each a pipe; a byte in it is a ring.

#include <chrono>
#include <cstdio>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <aio/support/syscall.hpp>

struct Bell {
  aio::UniqueFd here, there;
  Bell() {
    int ends[2];
    aio::check_syscall("pipe2", ::pipe2(ends, O_CLOEXEC));
    here = aio::UniqueFd(ends[0]);
    there = aio::UniqueFd(ends[1]);
  }
};

class Rings {
 public:
  Bell door{}, phone{};

  /// Answers one ring; waits for it if there is none.
  void answer(const Bell& bell) {
    unsigned char due;
    aio::check_syscall("read", static_cast<int>(::read(bell.here.get(), &due, 1)));
    const auto now = std::chrono::steady_clock::now() - start_;
    std::printf("%-5s  rings after %3d ms, is answered after %3.0f ms\n",
                &bell == &door ? "door" : "phone", due * 10,
                std::chrono::duration<double, std::milli>(now).count());
  }

 private:
  void ring(const Bell& bell, int after) {
    std::this_thread::sleep_until(start_ + std::chrono::milliseconds(after));
    const auto due = static_cast<unsigned char>(after / 10);
    aio::check_syscall("write", static_cast<int>(::write(bell.there.get(), &due, 1)));
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::jthread world_{[this] {
    ring(phone, 50);
    ring(phone, 100);
    ring(door, 200);
    ring(door, 250);
    ring(phone, 300);
  }};
};
