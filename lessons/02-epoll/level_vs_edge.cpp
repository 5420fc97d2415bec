// One pipe, watched twice: level-triggered and edge-triggered. Prints, after each thing that
// happens, what the two report: one line each, level first.

#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>
#include <aio/poller.hpp>
#include <aio/support/syscall.hpp>

using namespace std::chrono_literals;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    aio::check_syscall("pipe2", pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC));
    out = aio::UniqueFd(ends[0]);
    in = aio::UniqueFd(ends[1]);
  }
  void put(std::string_view text) const {
    aio::check_syscall("write", static_cast<int>(write(in.get(), text.data(), text.size())));
  }
  ssize_t take(std::size_t at_most) const {
    std::array<char, 16> bytes{};
    return read(out.get(), bytes.data(), at_most);
  }
  aio::UniqueFd out, in;
};

const char* report(aio::Poller& poller) { return poller.wait(0ns).empty() ? "nothing" : "ready"; }

void show() {
  // [events]
  Pipe pipe;
  const int fd = pipe.out.get();
  aio::Poller level, edge;
  level.watch(fd, aio::Interest::read, nullptr);
  edge.watch(fd, aio::Interest::read | aio::Interest::edge, nullptr);
  const auto both = [&] { std::printf("%s %s\n", report(level), report(edge)); };

  pipe.put("abcdef");  // 1. six bytes arrive
  both();
  pipe.take(4);  // 2. four of them are read
  both();
  pipe.put("gh");  // 3. two more arrive
  both();
  while (pipe.take(4) > 0) continue;  // 4. all are read, until read() says EAGAIN
  both();
  pipe.put("i");  // 5. one more arrives, and is read before anybody waits
  pipe.take(1);
  both();
  pipe.in.reset();  // 6. the other side is closed
  both();
  both();  // 7. nothing else happens

  level.watch(fd, aio::Interest::read, nullptr);  // 8. both are asked to watch it again
  edge.watch(fd, aio::Interest::read | aio::Interest::edge, nullptr);
  both();
  // [/events]
}

}  // namespace

int main() { show(); }
