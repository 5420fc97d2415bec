#include "support/measure.hpp"

#include <chrono>
#include <cstring>
#include <exception>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

#include "support/child.hpp"
#include "support/threads.hpp"

namespace bench {
namespace {

/// What the child sends through the pipe: a Measurement of fixed size.
struct Report {
  double wall_seconds, cpu_seconds;
  long rss_kb;
  int threads;
  double beat_seconds;
  char error[200];
};

double cpu_seconds_of(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

bool with_children = false;
double beat_seconds = 0;

double cpu_seconds() {
  return cpu_seconds_of(RUSAGE_SELF) + (with_children ? cpu_seconds_of(RUSAGE_CHILDREN) : 0);
}

/// A moment, on the wall and by the processor.
struct Moment {
  std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
  double cpu = cpu_seconds();
};

// Of the one piece of work that a child does.
std::optional<Moment> beginning, ending;

/// A line "VmHWM:   1234 kB" of /proc/self/status, as a number.
long status_kb(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stol(line.substr(field.size() + 1));
  }
  return 0;
}

/// From here on VmHWM is the peak since now.
void forget_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }

Report do_it(const std::function<void()>& work) {
  Report report{};
  forget_peak_memory();
  const long memory = status_kb("VmRSS");
  beginning.emplace();
  try {
    work();
  } catch (const std::exception& error) {
    std::strncpy(report.error, error.what(), sizeof report.error - 1);
  }
  if (!ending) ending.emplace();
  report.wall_seconds = std::chrono::duration<double>(ending->wall - beginning->wall).count();
  report.cpu_seconds = ending->cpu - beginning->cpu;
  report.rss_kb = std::max(0L, status_kb("VmHWM") - memory);
  report.threads = most_threads();
  report.beat_seconds = beat_seconds;
  return report;
}

[[noreturn]] void be_the_child(int out, const std::function<void()>& work) {
  const Report report = do_it(work);
  const ssize_t written = write(out, &report, sizeof report);
  _exit(written == sizeof report ? 0 : 1);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return std::string("ended by ") + strsignal(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

void begin_measuring() { beginning.emplace(); }
void end_measuring() { ending.emplace(); }
void count_children() { with_children = true; }
void heartbeat_was(double seconds) { beat_seconds = seconds; }

Measurement measure(const std::function<void()>& work) {
  int ends[2];
  aio::check_syscall("pipe", pipe(ends));
  aio::UniqueFd in(ends[0]), out(ends[1]);
  const pid_t child = fork_child();
  if (child == 0) be_the_child(out.get(), work);
  out.reset();
  Report report{};
  const ssize_t got = read(in.get(), &report, sizeof report);
  int status = 0;
  waitpid(child, &status, 0);
  if (got != sizeof report) return {.error = how_it_ended(status)};
  return {report.wall_seconds, report.cpu_seconds,  report.rss_kb,
          report.threads,      report.beat_seconds, report.error};
}

}  // namespace bench
