// fix-14b: a server that asks a library which blocks.

#include <atomic>
#include <chrono>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "prices.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Stream, aio::Task;
using tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::threads);

std::pair<Stream, Stream> pair() {
  int fds[2];
  aio::check_syscall("socketpair",
                     ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
  aio::UniqueFd one(fds[0]), other(fds[1]);
  return {Stream::adopt(std::move(one)), Stream::adopt(std::move(other))};
}

/// A library that answers when it is let. Threads that are in it share it.
class Library {
 public:
  Lookup lookup(const std::shared_ptr<Library>& self) {
    return [self](const std::string& thing) { return self->answer(thing); };
  }
  void let_answer(int count) { may_answer_.release(count); }

  std::atomic<int> asked = 0, answered = 0;
  std::atomic<bool> name_was_lost = false;
  std::atomic<bool> in_the_loop = false, in_the_loops_threads = false, gave_up = false;

 private:
  struct Answered {
    std::atomic<int>& count;
    ~Answered() { ++count; }
  };
  std::string answer(const std::string& thing) {
    ++asked;
    const std::string copy = thing;
    const char* const there = thing.data();
    const Answered counts{answered};
    char name[16];
    ::pthread_getname_np(::pthread_self(), name, sizeof name);
    in_the_loop = in_the_loop || std::this_thread::get_id() == home_;
    in_the_loops_threads = in_the_loops_threads || std::string(name) == "aio";
    if (!in_the_loop && !may_answer_.try_acquire_for(2s)) gave_up = true;
    name_was_lost = name_was_lost || copy.compare(0, copy.npos, there, copy.size()) != 0;
    if (thing == "unicorn") throw std::out_of_range("there is no unicorn");
    return thing + ": 3";
  }

  const std::thread::id home_ = std::this_thread::get_id();
  std::counting_semaphore<> may_answer_{0};
};

/// A client, the server and the library.
struct Shop {
  Shop() : server(library->lookup(library)) {}
  ~Shop() { library->let_answer(100); }  // nobody waits in it for ever, however a test ends
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  /// The client's end.
  Stream enter() {
    auto [here, there] = pair();
    clients.push_back(aio::create_task(server.serve(std::move(there))));
    return std::move(here);
  }

  tests::Story story{};
  std::shared_ptr<Library> library = std::make_shared<Library>();
  PriceServer server;
  std::vector<Task<>> clients{};
};

/// Lets the loop go on until the library is asked.
Coro<> until_asked(const Shop& shop) {
  while (shop.library->asked == 0) co_await aio::sleep(0s);
}

TEST(Fix14b_Prices, TheLoopGoesOnWhileTheLibraryWorks) {
  Shop shop;
  tests::run_virtual([](Shop& there) -> Coro<> {
    Stream client = there.enter();
    client.write("apple\n");
    co_await until_asked(there);
    there.library->let_answer(1);
    const std::string line = co_await client.read_line();
    const std::string seen = there.library->in_the_loop ? "the loop's own thread"
                             : there.library->gave_up   ? "a thread that the loop waits for"
                                                        : line;
    EXPECT_STORY(there.story, seen, "apple: 3\n",
                 "while the library works the loop must run: its thread may neither call the "
                 "library nor block until another one has",
                 LooksLike{std::string("the loop's own thread"), "asks-in-the-loop"},
                 LooksLike{std::string("a thread that the loop waits for"), "blocks-for-a-thread"});
  }(shop));
}

TEST(Fix14b_Prices, OneThreadAtATime) {
  Shop shop;
  shop.library->let_answer(100);
  tests::run_virtual([](Shop& there) -> Coro<> {
    Stream one = there.enter(), other = there.enter();
    one.write("apple\n");
    other.write("pear\n");
    std::string lines = co_await one.read_line();
    lines += co_await other.read_line();
    EXPECT_STORY(there.story, lines, "apple: 3\npear: 3\n", "each client has its answer");
    const bool in_the_loops_threads = there.library->in_the_loops_threads;
    EXPECT_STORY(there.story, in_the_loops_threads, false,
                 "two threads may be in the library at a time: the threads of to_thread() are "
                 "several, and library_ has only one",
                 LooksLike{true, "several-threads-in-the-library"});
  }(shop));
}

TEST(Fix14b_Prices, AnswersComeInTheOrderOfTheQuestions) {
  Shop shop;
  shop.library->let_answer(100);
  tests::run_virtual([](Shop& there) -> Coro<> {
    Stream client = there.enter();
    client.write("apple\nunicorn\nfig\n");
    client.write_eof();
    EXPECT_STORY(there.story, co_await client.read_all(),
                 "apple: 3\nerror: there is no unicorn\nfig: 3\n",
                 "what the library throws is an answer, and the next question is asked after it");
    co_await there.clients.front();
  }(shop));
}

TEST(Fix14b_Prices, TheLibraryHasACopyOfTheQuestion) {
  Shop shop;
  tests::run_virtual([](Shop& there) -> Coro<> {
    Stream client = there.enter();
    client.write("an apple with a name " + std::string(100, '.') + "\n");
    co_await until_asked(there);
    there.story.step("the client's task is cancelled while the library works");
    there.clients.front().cancel();
    while (!there.clients.front().done()) co_await aio::sleep(0s);
    there.library->let_answer(1);
    while (there.library->answered == 0) co_await aio::sleep(0s);
    const bool name_was_lost = there.library->name_was_lost;
    EXPECT_STORY(there.story, name_was_lost, false,
                 "the work goes on after its task has ended, and the variables of the task are "
                 "gone: the library needs its own copy of the name");
  }(shop));
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override {
    auto [here, there] = pair();
    here.write("apple\nfig\n");
    here.write_eof();
    co_await server.serve(std::move(there));
  }

  std::shared_ptr<Library> library = [] {
    auto made = std::make_shared<Library>();
    made->let_answer(100);
    return made;
  }();
  PriceServer server{library->lookup(library)};
};

TEST(Fix14b_Prices, EndsWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a request to stop ends the client's task");
}

}  // namespace
