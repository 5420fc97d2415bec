// main() of NN.inject, a program of tests in which each call that may fail does, one after the
// other:
//
//   bin/12.inject                       every test, at five of its places, spread evenly
//   LOOPWRIGHT_INJECT=100 bin/12.inject at a hundred; 0: at all, each call in all of its ways
//   LOOPWRIGHT_INJECT_SECONDS=60 …      for so long with each test, instead of a second
//   LOOPWRIGHT_INJECT_DISTINCT=1 …      first at each place in the code once, in all its ways, as
//                                       far as the time goes; 2: only where no earlier test was
//   LOOPWRIGHT_INJECT_LOG=file …        notes each test that is over, and goes on behind those
//   bin/12.inject --gtest_filter=X.Y    one test
//
// Most calls are made in loops, at the same place in the code: the same functions have called each
// other, twelve of them.
//
// What a test expects is not looked at then. Whatever it does, it must come to its end, use no
// memory after its end, and leave neither memory nor a descriptor nor a process behind. It may stop
// halfway, when one who was waited for has failed; but not because the runtime has lost a wake-up.
// To tell the two apart, it is run again, and told of all descriptors once more whenever it has
// nothing to do: what then goes on had lost one.
//
// Tests run in a process of their own, which goes on from one place to the next; when one of them
// ends it, another process takes over.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sanitizer/lsan_interface.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <aio/poller/sleep.hpp>

#include "support/children.hpp"
#include "support/figures.hpp"
#include "support/guard.hpp"
#include "support/injector.hpp"
#include "support/places.hpp"
#include "support/registrations.hpp"

namespace tests {
namespace {

/// A call of a test, and one of its ways to fail.
struct Place {
  std::size_t call = 0, way = 0;
  std::uint64_t where = 0;  // see places.hpp; 0: anywhere
  bool by_where = false;    // the number does not lead there every time
};

/// What the process that runs the tests tells the one that watches it.
struct Progress {
  std::size_t next = 0;  // of the chosen places
  Place place{};         // where it is now
  std::size_t runs = 0;
  Figures figures{};
  bool counted = false;
  long normal = 0;     // milliseconds that a run takes in which nothing fails
  bool waits = false;  // set from outside: it had to be asked to stop
  bool again = false;  // the place is being tried once more
  char doing[200] = "";
};

long milliseconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

long setting(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atol(text);
}

/// How long each test may take, in milliseconds.
long time_of_a_test() {
  const char* text = std::getenv("LOOPWRIGHT_INJECT_SECONDS");
  return text == nullptr ? 1000 : static_cast<long>(1000 * std::atof(text));
}

/// Has calls fail while a test runs, and only then.
class Arming final : public testing::EmptyTestEventListener {
 public:
  void count() { counting_ = true; }
  void choose(const Place& place) {
    counting_ = false;
    place_ = place;
  }
  /// Whether the test ended because nothing could happen any more.
  bool deadlock() const { return deadlock_; }
  /// What it said then.
  const std::string& who_waits() const { return who_waits_; }

 private:
  void OnTestStart(const testing::TestInfo&) override {
    aio::detail::has_epoll_pwait2 = true;
    children.forget();
    if (counting_) return injector.begin_counting(setting("LOOPWRIGHT_INJECT_DISTINCT", 0) != 0);
    if (place_.by_where) return injector.begin_at(place_.where, place_.way);
    injector.begin(place_.call, place_.way);
  }
  void OnTestEnd(const testing::TestInfo& test) override {
    injector.end();
    deadlock_ = false;
    for (int i = 0; i < test.result()->total_part_count(); ++i) {
      const std::string message = test.result()->GetTestPartResult(i).message();
      const std::size_t found = message.find("deadlock:");
      if (found == std::string::npos) continue;
      deadlock_ = true;
      who_waits_ = message.substr(found);
    }
  }

  bool counting_ = false, deadlock_ = false;
  std::string who_waits_;
  Place place_{.call = SIZE_MAX};  // none
};

std::vector<Place> places_counted() {
  const std::vector<std::uint8_t> ways = injector.ways();
  const std::vector<std::uint64_t> where = injector.places();
  std::vector<Place> all;
  for (std::size_t call = 0; call < ways.size(); ++call) {
    for (std::size_t way = 0; way < ways[call]; ++way) all.push_back({call, way, where[call]});
  }
  return all;
}

/// All, or `most` of them, spread evenly.
std::vector<Place> some_of(const std::vector<Place>& all, std::size_t most) {
  if (all.size() <= most) return all;
  std::vector<Place> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

std::vector<int> open_descriptors() {
  std::vector<int> open;
  for (int fd = 0; fd < 256; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1) open.push_back(fd);
  }
  return open;
}

/// Runs one test again and again. In a process of its own.
class Runs {
 public:
  /// `places` are known as those of test number `test`.
  Runs(Arming& arming, Progress& progress, Places& places, std::uint32_t test, int output)
      : arming_(arming), progress_(progress), places_(places), test_(test), output_(output) {}

  [[noreturn]] void go_on() {
    talk_ = ::dup(STDOUT_FILENO);
    ::dup2(output_, STDOUT_FILENO);
    ::dup2(output_, STDERR_FILENO);
    run();  // what is made once has been made
    arming_.count();
    const long start = milliseconds(CLOCK_MONOTONIC);
    const long worked = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
    run();
    progress_.normal = milliseconds(CLOCK_MONOTONIC) - start;
    work_ = milliseconds(CLOCK_PROCESS_CPUTIME_ID) - worked;
    const std::vector<Place> all = places_counted();
    progress_.figures[places] = all.size();
    progress_.counted = true;
    before_ = open_descriptors();
    if (progress_.waits && !progress_.again) try_again(progress_.place);
    progress_.waits = progress_.again = false;
    if (setting("LOOPWRIGHT_INJECT_DISTINCT", 0) != 0) try_distinct(all);
    const std::vector<Place> some = some_of(all, most_places());
    while (progress_.next < some.size()) try_one(some[progress_.next++]);
    std::fflush(nullptr);
    if (::__lsan_do_recoverable_leak_check() != 0) ::_exit(23);
    ::_exit(0);
  }

 private:
  void run() {
    ++progress_.runs;
    static_cast<void>(RUN_ALL_TESTS());
  }

  /// A test that takes long has fewer turns.
  std::size_t turns_in_time() const {
    return static_cast<std::size_t>(time_of_a_test() / std::max(work_, 1L));
  }
  std::size_t most_places() const {
    const auto asked_for = static_cast<std::size_t>(setting("LOOPWRIGHT_INJECT", 5));
    return asked_for == 0 ? turns_in_time() : std::min(asked_for, turns_in_time());
  }

  /// Each place in the code once, or some of them, spread evenly, if that takes too long.
  void try_distinct(std::vector<Place> all) {
    std::set<std::pair<std::uint64_t, std::size_t>> seen;
    std::erase_if(all, [&](const Place& place) {
      const bool first = seen.emplace(place.where, place.way).second;
      return !first || !places_.claim(place.where, test_);
    });
    progress_.figures[distinct] = all.size();
    for (const Place& place : some_of(all, turns_in_time())) {
      if (places_.begin_to_try(place.where, place.way)) try_distinct(place);
    }
  }
  void try_distinct(Place place) {
    ++progress_.figures[distinct_tried];
    try_one(place);
    if (injector.failed().place != place.where) {
      place.by_where = true;
      try_one(place);
    }
    progress_.figures[distinct_reached] += injector.failed().place == place.where;
  }

  void try_one(const Place& place) {
    progress_.place = place;
    std::snprintf(progress_.doing, sizeof progress_.doing, "call %zu, way %zu", place.call,
                  place.way);
    static_cast<void>(::ftruncate(output_, 0));
    arming_.choose(place);
    run();
    std::fflush(nullptr);
    ++progress_.figures[tried];
    progress_.figures[reached] += injector.failed().error != 0;
    check_descriptors();
    check_children();
    if (setting("LOOPWRIGHT_INJECT_LEAKS", 0) && ::__lsan_do_recoverable_leak_check() != 0) {
      note("leak");
    }
    if (arming_.deadlock() || progress_.waits) try_again(place);
  }

  /// It has stopped halfway. If it does so again, but not when it is told of all events once more,
  /// a wake-up was lost.
  void try_again(const Place& place) {
    ++progress_.figures[stopped];
    if (setting("LOOPWRIGHT_INJECT_TALK", 0) != 0) {
      const auto& [call, error, where] = injector.failed();
      ::dprintf(talk_, "STOPS %s errno %d (call %zu, way %zu): %s\n", call, error, place.call,
                place.way, arming_.deadlock() ? arming_.who_waits().c_str() : "real time");
    }
    if (!stops(place, false) || stops(place, true) || !stops(place, false)) return;
    note("a wake-up was lost");
  }
  bool stops(const Place& place, bool told_again) {
    progress_.waits = false;
    progress_.again = true;
    arming_.choose(place);
    registrations.rattle(told_again);
    run();
    registrations.rattle(false);
    progress_.again = false;
    return std::exchange(progress_.waits, false) || arming_.deadlock();
  }
  /// When the end of a run() itself has failed, a thread may still be at a job, with a file in its
  /// hands: it gets a moment.
  void check_descriptors() {
    const timespec pause{0, 5'000'000};
    for (int pauses = 0; open_descriptors().size() > before_.size(); ++pauses) {
      if (pauses == 40) return note("a descriptor is left open");
      ::nanosleep(&pause, nullptr);
    }
  }
  void check_children() {
    if (children.any_left()) note("a process is left behind");
  }
  void note(const char* what) {
    const char* call = injector.failed().call;
    std::snprintf(progress_.doing, sizeof progress_.doing, "%s: %s, errno %d (call %zu, way %zu)",
                  what, call, injector.failed().error, progress_.place.call, progress_.place.way);
    ::_exit(22);
  }

  Arming& arming_;
  Progress& progress_;
  Places& places_;
  const std::uint32_t test_;
  int output_;
  int talk_ = -1;  // what stdout was
  long work_ = 0;  // milliseconds of computing in such a run
  std::vector<int> before_{};
};

template <class T>
T& shared() {
  return *new (
      ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) T;
}

/// Starts processes for one test until all its places were tried.
class Watch {
 public:
  Watch(Arming& arming, Places& places, std::uint32_t number, std::string test)
      : arming_(arming), places_(places), number_(number), test_(std::move(test)) {}

  /// Returns what came out.
  Figures go() {
    testing::GTEST_FLAG(filter) = test_;
    Figures& found = progress_.figures;
    while (found[faults] < static_cast<std::size_t>(setting("LOOPWRIGHT_INJECT_FAULTS", 5))) {
      if (run_process()) break;
    }
    return found;
  }

 private:
  /// Returns whether it came to its end.
  bool run_process() {
    static_cast<void>(::ftruncate(output_, 0));
    ::fcntl(output_, F_SETFL, O_APPEND);
    const pid_t child = ::fork();
    if (child == 0) Runs(arming_, progress_, places_, number_, output_).go_on();
    const int status = wait_for(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) return false;  // it had no run()
    if (WIFEXITED(status) && WEXITSTATUS(status) == own_fault) {
      ++progress_.figures[own_faults];
      return !progress_.counted;
    }
    complain(status);
    return !progress_.counted || (WIFEXITED(status) && WEXITSTATUS(status) == 23);
  }

  /// A test may wait for a peer that has failed. Then it is asked to stop, by Ctrl-C; and if it
  /// does not obey, that is a fault.
  int wait_for(pid_t child) {
    int status = 0;
    std::size_t before = 0;
    const timespec pause{0, 5'000'000};
    long quiet = 0, asked_it = 0;  // how often; the first time kindly
    for (; ::waitpid(child, &status, WNOHANG) == 0; ++quiet) {
      const long patience =
          (setting("LOOPWRIGHT_INJECT_PATIENCE", 1500) + 30 * progress_.normal) / 5;
      if (progress_.runs != before || !progress_.counted) quiet = asked_it = 0;
      before = progress_.runs;
      if (quiet >= patience && asked_it == 0) ask_to_stop(child), ++asked_it;
      if (quiet >= 4 * patience && asked_it == 1) ::kill(child, SIGQUIT), ++asked_it;
      if (quiet >= 8 * patience && asked_it == 2) ::kill(child, SIGKILL), ++asked_it;
      ::nanosleep(&pause, nullptr);
    }
    return status;
  }

  void ask_to_stop(pid_t child) {
    ++progress_.figures[asked];
    progress_.waits = true;
    ::kill(child, SIGINT);
  }

  void complain(int status) {
    ++progress_.figures[faults];
    std::printf("FAULT %s %s: %s %d\n", test_.c_str(), progress_.doing,
                WIFSIGNALED(status) ? "signal" : "exit",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    std::string text(1 << 16, '\0');
    const ssize_t size = ::pread(output_, text.data(), text.size(), 0);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
  }

  Arming& arming_;
  Places& places_;
  const std::uint32_t number_;
  const std::string test_;
  Progress& progress_ = shared<Progress>();
  const int output_ = ::memfd_create("output", MFD_CLOEXEC);
};

/// Is it named, or does it begin as a name that ends with '*'? Between the names are colons.
bool is_among(const std::string& name, const std::string& names) {
  std::istringstream all(names);
  for (std::string each; std::getline(all, each, ':');) {
    const bool begins = each.ends_with('*') && name.starts_with(each.substr(0, each.size() - 1));
    if (begins || each == name) return true;
  }
  return false;
}

/// `filter` is names, or "-" and the names of those that are left out.
bool is_chosen(const std::string& name, const std::string& filter) {
  const bool left_out = filter.starts_with('-');
  return is_among(name, filter.substr(left_out)) != left_out;
}

std::vector<std::string> chosen_tests() {
  const std::string filter = testing::GTEST_FLAG(filter);
  std::vector<std::string> names;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = std::string(suite.name()) + "." + suite.GetTestInfo(j)->name();
      if (is_chosen(name, filter)) names.push_back(name);
    }
  }
  return names;
}

int inject_all(Arming& arming) {
  const bool of_each_test = setting("LOOPWRIGHT_INJECT_DISTINCT", 0) != 2;
  FiguresLog log(std::getenv("LOOPWRIGHT_INJECT_LOG"));
  auto* places = &shared<Places>();
  Figures all;
  std::uint32_t number = 0;
  for (const std::string& test : chosen_tests()) {
    if (const Figures* known = log.find(test)) {
      all.add(*known);
      continue;
    }
    if (of_each_test) places->forget();
    const Figures found = Watch(arming, *places, ++number, test).go();
    all.add(found);
    log.note(test, found);
    if (setting("LOOPWRIGHT_INJECT_TALK", 0) != 0) {
      std::printf("%s: %s\n", test.c_str(), found.text().c_str());
    }
  }
  std::printf("%s\n", all.text().c_str());
  return all[faults] == 0 ? 0 : 1;
}

void on_quit(int) {
  std::fputs("hangs\n", stderr);
  ::abort();
}

}  // namespace
}  // namespace tests

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  ::signal(SIGQUIT, tests::on_quit);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGINT, SIG_DFL);  // a shell's background jobs ignore it
  ::pthread_atfork(nullptr, nullptr, [] { tests::injector.end(); });
  auto* const arming = new tests::Arming;
  testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(arming);
  return tests::inject_all(*arming);
}
