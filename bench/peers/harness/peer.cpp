#include "harness/peer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string_view>

#include <signal.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "support/descriptor_limit.hpp"

namespace peers {
namespace {

constexpr int lacking = 3;  // the exit status that says: there is no such thing here

struct Times {
  double wall = 0, cpu = 0;
};

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Times now() { return {seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID)}; }

void print(const Work& work, long size, long rounds, const Done& done, Times took) {
  const double each = 1e9 / static_cast<double>(std::max(1L, done.operations));
  std::printf(
      "{\"work\":\"%s\",\"size\":%ld,\"rounds\":%ld,\"operations\":%ld,\"wall_ns\":%.3f,"
      "\"cpu_ns\":%.3f",
      work.name.c_str(), size, rounds, done.operations, took.wall * each, took.cpu * each);
  for (const auto& [name, value] : done.more) std::printf(",\"%s\":%.3f", name.c_str(), value);
  std::printf("}\n");
  std::fflush(stdout);
}

Times run_rounds(const Work& work, long size, long rounds, Done& done) {
  const Times before = now();
  done = work.run(size, rounds);
  const Times after = now();
  return {after.wall - before.wall, after.cpu - before.cpu};
}

/// What the command line asks for.
struct Request {
  std::vector<long> sizes;
  long rounds = 0;            // 0: as many as are long enough
  double long_enough = 0.25;  // seconds
};

/// How many rounds to try after `rounds` were too short.
long more_rounds(long rounds, double seconds, double long_enough) {
  const double factor = seconds > long_enough / 10 ? 1.1 * long_enough / seconds : 10;
  return static_cast<long>(std::ceil(static_cast<double>(rounds) * factor));
}

void measure_size(const Work& work, long size, const Request& request) {
  Done done;
  long rounds = std::max(1L, request.rounds);
  Times took = run_rounds(work, size, rounds, done);
  while (request.rounds == 0 && work.repeated && took.wall < request.long_enough) {
    rounds = more_rounds(rounds, took.wall, request.long_enough);
    took = run_rounds(work, size, rounds, done);
  }
  print(work, size, rounds, done, took);
}

long number(const char* text) {
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || value < 0) {
    throw std::invalid_argument(std::string("not a number: ") + text);
  }
  return value;
}

Request read(const std::vector<const char*>& arguments) {
  Request request;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (!argument.starts_with("--")) {
      request.sizes.push_back(number(arguments[i]));
    } else if (i + 1 == arguments.size()) {
      throw std::invalid_argument(std::string(argument) + " needs a value");
    } else if (argument == "--rounds") {
      request.rounds = number(arguments[++i]);
    } else if (argument == "--seconds") {
      request.long_enough = std::strtod(arguments[++i], nullptr);
    }
  }
  return request;
}

int measure_all(const char* name, const Request& request, const std::vector<Work>& all) {
  const auto work =
      std::find_if(all.begin(), all.end(), [name](const Work& one) { return one.name == name; });
  if (work == all.end()) return lacking;
  for (const long size : request.sizes) measure_size(*work, size, request);
  return 0;
}

}  // namespace

int measure(int argc, char** argv, const std::vector<Work>& all) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // whoever compares is gone: nobody waits for this any more
  signal(SIGPIPE, SIG_IGN);
  bench::raise_descriptor_limit();
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s WORK SIZE… [--rounds N]; work:", argv[0]);
    for (const Work& work : all) std::fprintf(stderr, " %s", work.name.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  try {
    return measure_all(argv[1], read({argv + 2, argv + argc}), all);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

void announce_port(int port) {
  std::printf("{\"port\":%d}\n", port);
  std::fflush(stdout);
}

void announce_ready() {
  std::printf("{\"ready\":true}\n");
  std::fflush(stdout);
}

std::map<std::string, double> Lateness::figures() {
  if (all_.empty()) return {};
  std::sort(all_.begin(), all_.end());
  const auto at = [this](double part) {
    return 1e6 * all_[static_cast<std::size_t>(part * static_cast<double>(all_.size() - 1))];
  };
  return {{"p50_us", at(0.5)}, {"p99_us", at(0.99)}};
}

}  // namespace peers
