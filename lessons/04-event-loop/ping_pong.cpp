// Two readers, two pipes, one thread: what one side writes wakes the other.

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

#include <aio/event_loop.hpp>
#include <aio/support/syscall.hpp>

namespace {

struct Pipe {
  aio::UniqueFd reading, writing;
  Pipe() {
    int ends[2];
    aio::check_syscall("pipe2", ::pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    reading = aio::UniqueFd(ends[0]);
    writing = aio::UniqueFd(ends[1]);
  }
  void put(char byte) const {
    aio::check_syscall("write", static_cast<int>(::write(writing.get(), &byte, 1)));
  }
  char take() const {
    char byte = 0;
    aio::check_syscall("read", static_cast<int>(::read(reading.get(), &byte, 1)));
    return byte;
  }
};

}  // namespace

int main() {
  // [ping-pong]
  aio::EventLoop loop;
  const Pipe to_ping, to_pong;

  loop.add_reader(to_pong.reading.get(), [&] {
    const char number = to_pong.take();
    std::printf("pong %c\n", number);
    to_ping.put(number);
  });
  loop.add_reader(to_ping.reading.get(), [&] {
    const char number = to_ping.take();
    if (number == '3') return loop.stop();
    std::printf("ping %c\n", number + 1);
    to_pong.put(static_cast<char>(number + 1));
  });

  std::puts("ping 1");
  to_pong.put('1');
  loop.run_forever();
  // [/ping-pong]
}
