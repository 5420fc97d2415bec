// Asking a program that runs for its tasks.

#include "question.hpp"

#include <chrono>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <aio/gather.hpp>
#include <aio/task.hpp>

#include "mistake.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro;

/// A child that does `act` until the test is over; begun when `act` calls what it is given.
class Child {
 public:
  template <class Act>
  explicit Child(Act act) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      act([&ends] { EXPECT_EQ(::write(ends[1], "x", 1), 1); });
      ::_exit(0);
    }
    char begun = 0;
    EXPECT_EQ(::read(ends[0], &begun, 1), 1);
    for (const int end : ends) ::close(end);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

Coro<> an_hour() { co_await aio::sleep(1h); }

/// Two tasks that a third one gathers.
template <class Begun>
Coro<> gathering(Begun begun) {
  const aio::Task<> one = aio::create_task(an_hour(), "one"),
                    two = aio::create_task(an_hour(), "two");
  aio::running_loop().call_later(1ms, begun);
  co_await aio::gather(one, two);
}

std::string refusal(pid_t process) {
  try {
    coach::ask_for_tasks(process, true);
  } catch (const coach::Mistake& mistake) {
    return mistake.what();
  }
  return "";
}

TEST(Question, IsAnsweredByTheTree) {
  const Child child([](auto begun) { aio::run(gathering(begun)); });
  const auto answers = coach::ask_for_tasks(child.pid(), true);
  ASSERT_EQ(answers.size(), 1);
  EXPECT_TRUE(answers[0].starts_with("loop 1 of 1 in process " + std::to_string(child.pid())));
  EXPECT_NE(answers[0].find("which waits for a gather of 2, 2 not done\n    task one, which waits "
                            "for a sleep (made at question_test.cpp:"),
            std::string::npos)
      << answers[0];
}

TEST(Question, IsAnsweredByTheTable) {
  const Child child([](auto begun) { aio::run(gathering(begun)); });
  const auto answers = coach::ask_for_tasks(child.pid(), false);
  ASSERT_EQ(answers.size(), 1);
  EXPECT_NE(answers[0].find("\n  task two, which waits for a sleep; awaited by Task-"),
            std::string::npos)
      << answers[0];
}

TEST(Question, MayBeAskedAgain) {
  const Child child([](auto begun) { aio::run(gathering(begun)); });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(coach::ask_for_tasks(child.pid(), true).size(), 1);
}

TEST(Question, IsNotForAProgramWithoutALoop) {
  const Child child([](auto begun) {
    ::signal(SIGURG, SIG_DFL);
    begun();
    ::pause();
  });
  EXPECT_NE(refusal(child.pid()).find("runs no loop of Loopwright"), std::string::npos);
  EXPECT_EQ(::kill(child.pid(), 0), 0) << "it lives on";
}

TEST(Question, IsNotForAProcessThatIsNot) {
  EXPECT_EQ(refusal(1 << 30), "There is no process 1073741824.");
}

TEST(Question, SaysThatALoopDoesNotComeRound) {
  const Child child([](auto begun) {
    aio::EventLoop loop;
    loop.call_soon([begun] {
      begun();
      for (;;) ::pause();
    });
    loop.run_forever();
  });
  EXPECT_NE(refusal(child.pid()).find("keeps it from coming round (it waits in a system call)"),
            std::string::npos);
}

}  // namespace
