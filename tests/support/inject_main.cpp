// main() of NN.inject, a program of tests in which each call that may fail does, one after the
// other:
//
//   bin/12.inject                       every test, at five of its places, spread evenly
//   LOOPWRIGHT_INJECT=100 bin/12.inject at a hundred; 0: at all, each call in all of its ways
//   bin/12.inject --gtest_filter=X.Y    one test
//
// What a test expects is not looked at then. Whatever it does, it must come to its end, use no
// memory after its end, and leave neither memory nor a descriptor behind. Tests run in a process of
// their own, which goes on from one place to the next; when one of them ends it, another process
// takes over.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sanitizer/lsan_interface.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/guard.hpp"
#include "support/injector.hpp"

namespace tests {
namespace {

/// A call of a test, and one of its ways to fail.
struct Place {
  std::size_t call = 0, way = 0;
};

/// What the process that runs the tests tells the one that watches it.
struct Progress {
  std::size_t next = 0;     // of the chosen places
  std::size_t places = 0;   // that there are in this test
  std::size_t reached = 0;  // where something did fail
  std::size_t stuck = 0;    // ended by a DeadlockError
  bool counted = false;
  char doing[200] = "";
};

long setting(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atol(text);
}

/// Has calls fail while a test runs, and only then.
class Arming final : public testing::EmptyTestEventListener {
 public:
  void count() { counting_ = true; }
  void choose(Place place) {
    counting_ = false;
    place_ = place;
  }
  /// Whether the test ended because nothing could happen any more.
  bool deadlock() const { return deadlock_; }

 private:
  void OnTestStart(const testing::TestInfo&) override {
    counting_ ? injector.begin_counting() : injector.begin(place_.call, place_.way);
  }
  void OnTestEnd(const testing::TestInfo& test) override {
    injector.end();
    deadlock_ = false;
    for (int i = 0; i < test.result()->total_part_count(); ++i) {
      const std::string message = test.result()->GetTestPartResult(i).message();
      deadlock_ |= message.find("deadlock:") != std::string::npos;
    }
  }

  bool counting_ = false, deadlock_ = false;
  Place place_{SIZE_MAX, 0};  // none
};

std::vector<Place> places_of(const std::vector<std::uint8_t>& ways) {
  std::vector<Place> all;
  for (std::size_t call = 0; call < ways.size(); ++call) {
    for (std::size_t way = 0; way < ways[call]; ++way) all.push_back({call, way});
  }
  return all;
}

/// All, or `most` of them, spread evenly.
std::vector<Place> some_of(const std::vector<Place>& all, std::size_t most) {
  if (most == 0 || all.size() <= most) return all;
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
  Runs(Arming& arming, Progress& progress, int output)
      : arming_(arming), progress_(progress), output_(output) {}

  [[noreturn]] void go_on() {
    ::dup2(output_, STDOUT_FILENO);
    ::dup2(output_, STDERR_FILENO);
    run();  // what is made once has been made
    arming_.count();
    run();
    const std::vector<Place> all = places_of(injector.ways());
    progress_.places = all.size();
    progress_.counted = true;
    const auto most = static_cast<std::size_t>(setting("LOOPWRIGHT_INJECT", 5));
    const std::vector<Place> some = some_of(all, most);
    before_ = open_descriptors();
    while (progress_.next < some.size()) try_one(some[progress_.next++]);
    std::fflush(nullptr);
    if (::__lsan_do_recoverable_leak_check() != 0) ::_exit(23);
    ::_exit(0);
  }

 private:
  static void run() { static_cast<void>(RUN_ALL_TESTS()); }

  void try_one(Place place) {
    std::snprintf(progress_.doing, sizeof progress_.doing, "call %zu, way %zu", place.call,
                  place.way);
    static_cast<void>(::ftruncate(output_, 0));
    arming_.choose(place);
    run();
    std::fflush(nullptr);
    progress_.reached += injector.failed().error != 0;
    if (arming_.deadlock()) {
      ++progress_.stuck;
      if (setting("LOOPWRIGHT_INJECT_TALK", 0) > 1) note("deadlock");
    }
    check_descriptors();
    if (setting("LOOPWRIGHT_INJECT_LEAKS", 0) && ::__lsan_do_recoverable_leak_check() != 0) {
      note("leak");
    }
  }
  void check_descriptors() {
    const std::vector<int> now = open_descriptors();
    if (now.size() <= before_.size()) return;
    before_ = now;
    note("a descriptor is left open");
  }
  void note(const char* what) {
    const char* call = injector.failed().call;
    std::snprintf(progress_.doing, sizeof progress_.doing, "%s: %s, errno %d (%zu)", what, call,
                  injector.failed().error, progress_.next - 1);
    ::_exit(22);
  }

  Arming& arming_;
  Progress& progress_;
  int output_;
  std::vector<int> before_{};
};

/// Starts processes for one test until all its places were tried.
class Watch {
 public:
  Watch(Arming& arming, std::string test) : arming_(arming), test_(std::move(test)) {}

  void go() {
    testing::GTEST_FLAG(filter) = test_;
    while (faults_ < setting("LOOPWRIGHT_INJECT_FAULTS", 5)) {
      if (run_process()) return;
    }
  }
  const Progress& progress() const { return progress_; }
  int faults() const { return faults_; }
  int asked() const { return asked_; }

 private:
  /// Returns whether it came to its end.
  bool run_process() {
    static_cast<void>(::ftruncate(output_, 0));
    ::fcntl(output_, F_SETFL, O_APPEND);
    const pid_t child = ::fork();
    if (child == 0) Runs(arming_, progress_, output_).go_on();
    const int status = wait_for(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) return false;  // it had no run()
    complain(status);
    return !progress_.counted || (WIFEXITED(status) && WEXITSTATUS(status) == 23);
  }

  /// A test may wait for a peer that has failed. Then it is asked to stop, by Ctrl-C; and if it
  /// does not obey, that is a fault.
  int wait_for(pid_t child) {
    int status = 0;
    std::size_t before = 0;
    const timespec pause{0, 5'000'000};
    const long patience = setting("LOOPWRIGHT_INJECT_PATIENCE", 1500) / 5;
    for (long quiet = 0; ::waitpid(child, &status, WNOHANG) == 0; ++quiet) {
      if (progress_.next != before) quiet = 0;
      before = progress_.next;
      if (quiet == patience) ask_to_stop(child);
      if (quiet == 4 * patience) ::kill(child, SIGQUIT);
      if (quiet == 8 * patience) ::kill(child, SIGKILL);
      ::nanosleep(&pause, nullptr);
    }
    return status;
  }

  void ask_to_stop(pid_t child) {
    ++asked_;
    if (setting("LOOPWRIGHT_INJECT_TALK", 0) != 0) {
      std::printf("WAITS %s %s\n", test_.c_str(), progress_.doing);
    }
    ::kill(child, SIGINT);
  }

  void complain(int status) {
    ++faults_;
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
  const std::string test_;
  Progress& progress_ = *new (::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Progress;
  const int output_ = ::memfd_create("output", MFD_CLOEXEC);
  int faults_ = 0, asked_ = 0;
};

std::vector<std::string> chosen_tests() {
  std::vector<std::string> names;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = std::string(suite.name()) + "." + suite.GetTestInfo(j)->name();
      const std::string filter = testing::GTEST_FLAG(filter);
      if (filter == "*" || filter == name) names.push_back(name);
    }
  }
  return names;
}

int inject_all(Arming& arming) {
  std::size_t places = 0, tried = 0, reached = 0, stuck = 0;
  int faults = 0, asked = 0;
  for (const std::string& test : chosen_tests()) {
    Watch watch(arming, test);
    watch.go();
    const Progress& found = watch.progress();
    places += found.places;
    tried += found.next;
    reached += found.reached;
    stuck += found.stuck;
    faults += watch.faults();
    asked += watch.asked();
    if (setting("LOOPWRIGHT_INJECT_TALK", 0)) {
      std::printf("%s: %zu places, %zu tried, %zu reached, %zu stuck, %d faults\n", test.c_str(),
                  found.places, found.next, found.reached, found.stuck, watch.faults());
    }
  }
  std::printf("%zu places, %zu tried, %zu reached, %zu deadlocks, %d asked to stop, %d faults\n",
              places, tried, reached, stuck, asked, faults);
  return faults == 0 ? 0 : 1;
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
  auto* const arming = new tests::Arming;
  testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(arming);
  return tests::inject_all(*arming);
}
