// One message, cut in two at every byte: what is read by whoever takes a read for a line, and by
// whoever asks for a line.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "pair.hpp"

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

// [naive]
aio::Coro<Lines> a_read_is_a_line(aio::Stream in) {
  Lines lines;
  while (true) {
    const std::string line = co_await in.read();
    if (line.empty()) co_return lines;
    lines.push_back(line);
  }
}
// [/naive]

// [lines]
aio::Coro<Lines> by_lines(aio::Stream in) {
  Lines lines;
  while (true) {
    const std::string line = co_await in.read_line();
    if (line.empty()) co_return lines;
    lines.push_back(line);
  }
}
// [/lines]

aio::Coro<> send(aio::Stream out, std::string first, std::string second) {
  out.write(first);
  co_await aio::sleep(1s);
  out.write(second);
}

aio::Coro<> cut_everywhere(const char* name, aio::Coro<Lines> (*reader)(aio::Stream)) {
  const Lines expected{"GET a\n", "GET b\n"};
  const std::string message = "GET a\nGET b\n";
  int right = 0, cuts = 0;
  Lines wrong;
  for (std::size_t at = 1; at < message.size(); ++at, ++cuts) {
    auto [here, there] = wire::pair();
    const auto sending =
        aio::create_task(send(std::move(here), message.substr(0, at), message.substr(at)));
    const Lines lines = co_await reader(std::move(there));
    if (lines == expected) ++right;
    if (lines != expected && wrong.empty()) wrong = lines;
  }
  std::printf("%-16s right for %d of %d cuts", name, right, cuts);
  for (const std::string& line : wrong) std::printf("  %s", wire::quoted(line).c_str());
  std::printf("\n");
}

aio::Coro<> compare() {
  co_await cut_everywhere("a read a line:", a_read_is_a_line);
  co_await cut_everywhere("by lines:", by_lines);
}

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(compare(), {.clock = &clock});
}
