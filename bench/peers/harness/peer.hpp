#pragma once
// The command line that every peer's program has, and what it prints:
//
//   peer-aio W2 1000                 measures for a quarter of a second
//   peer-aio W2 1000 --seconds 0.1   … for a tenth of a second
//   peer-aio W2 1000 --rounds 20     does exactly 20 rounds, for counting instead of timing
//   {"work":"W2","size":1000,"rounds":20,"operations":20000,"wall_ns":7.1,"cpu_ns":7.1}
//
// Times are per operation. A peer that lacks a kind of work exits with status 3.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace peers {

/// What a piece of work did: times are divided by `operations`; `more` is printed as it is.
struct Done {
  long operations = 0;
  std::map<std::string, double> more = {};
};

/// A kind of work: the same loop, `rounds` times, with things in numbers of `size`.
struct Work {
  std::string name;
  std::function<Done(long size, long rounds)> run;
  bool repeated = true;  // false: one round takes the time it takes
};

/// main() of a peer's program.
int measure(int argc, char** argv, const std::vector<Work>& all);

/// Prints the port, and the program becomes an echo server that lives until it is killed.
void announce_port(int port);
/// Prints that everything is in place; the program then stays as it is until it is killed.
void announce_ready();

/// How late things happened, or how long they took.
class Lateness {
 public:
  using Clock = std::chrono::steady_clock;
  void add(Clock::duration late) { all_.push_back(std::chrono::duration<double>(late).count()); }
  /// p50 and p99 in microseconds.
  std::map<std::string, double> figures();

 private:
  std::vector<double> all_;
};

}  // namespace peers
