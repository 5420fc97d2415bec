// use-12c: a chat room, over real sockets.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "chat.hpp"
#include "pair.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/temporary.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::Server, aio::Stream;
using tests::iterations, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::server);

/// A room with a server at a Unix-domain socket: what is written there can be read at once.
struct House {
  explicit House(std::size_t patience = 256 * 1024) : room(patience) {}

  static std::string path() { return tests::temporary("chat"); }
  Coro<> open() {
    aio::running_loop().set_exception_handler([this](const aio::ExceptionContext& context) {
      if (reports.size() == 3) return;  // enough to see what it is
      reports.push_back(context.message + (": " + aio::message_of(context.exception)));
    });
    const auto serve = [this](Stream stream) { return room.serve(std::move(stream)); };
    server.emplace(co_await aio::start_unix_server(serve, path()));
  }
  /// Comes in, and says a name.
  Coro<Stream> enter(std::string name) {
    Stream stream = co_await aio::open_unix_connection(path());
    stream.write(name + "\n");
    story.step(name + " comes");
    co_await iterations();
    co_return stream;
  }

  tests::Story story{};
  std::vector<std::string> reports{};
  ChatRoom room;
  std::optional<Server> server{};
};

/// What a member has heard by now.
Coro<std::string> heard(Stream& member, std::size_t lines) {
  std::string all;
  for (std::size_t i = 0; i < lines; ++i) all += co_await member.read_line();
  co_return all;
}

void in_house(Coro<> (*scene)(House&), std::size_t patience = 256 * 1024) {
  House house(patience);
  tests::run_virtual([](House& there, Coro<> (*play)(House&)) -> Coro<> {
    co_await there.open();
    co_await play(there);
    there.server.reset();
  }(house, scene));
  EXPECT_STORY(house.story, house.room.members(), 0U, "a member outlives the connection");
  const bool writes_on =
      !house.reports.empty() && house.reports.front().starts_with("bytes are written to");
  EXPECT_STORY(
      house.story, house.reports, std::vector<std::string>{},
      writes_on ? "a member who was thrown out is among the members until their own task goes "
                  "on, and is written to meanwhile: pass over those that are closing"
                : "serve() throws: whatever ends a member's connection ends that alone, quietly");
}

TEST(Use12c_Chat, EverybodyHearsTheOthers) {
  in_house([](House& house) -> Coro<> {
    Stream ann = co_await house.enter("ann");
    Stream bob = co_await house.enter("bob");
    Stream cid = co_await house.enter("cid");
    EXPECT_STORY(house.story, house.room.members(), 3U,
                 "three have said their names, and not all of them have a Seat");
    ann.write("hello\n");
    co_await iterations();
    bob.write("hi ");
    co_await iterations();
    bob.write("ann\nbye\n");
    bob.close();
    co_await iterations();
    EXPECT_STORY(house.story, house.room.members(), 2U,
                 "bob has gone, and his Seat is still there");
    const std::string by_ann = co_await heard(ann, 5);
    EXPECT_STORY(house.story, by_ann,
                 "* bob is here\n* cid is here\nbob: hi ann\nbob: bye\n* bob has left\n",
                 by_ann.find("ann: ") == 0 || by_ann.find("ann is here") != std::string::npos
                     ? "ann hears herself: a line goes to all but the one who speaks"
                 : by_ann.find("bob\n") != std::string::npos
                     ? "the name has a line end in it: next_line() gives it with the line, and it "
                       "is no part of a name"
                     : "ann hears what the others say, and who comes and goes; a line is told when "
                       "all of it has come");
    const std::string by_cid = co_await heard(cid, 4);
    EXPECT_STORY(house.story, by_cid, "ann: hello\nbob: hi ann\nbob: bye\n* bob has left\n",
                 "cid hears what the others say, and who goes");
  });
}

TEST(Use12c_Chat, NobodyHearsThemselves) {
  in_house([](House& house) -> Coro<> {
    tests::Story story;
    Stream ann = co_await house.enter("ann");
    ann.write("echo?\n");
    story.step("ann, alone, says \"echo?\"");
    co_await iterations();
    Stream bob = co_await house.enter("bob");
    story.step("bob comes");
    const std::string first = co_await heard(ann, 1);
    EXPECT_STORY(story, first, "* bob is here\n", "ann gets her own lines back",
                 Seen{std::string("ann: echo?\n"), "hears-themselves"},
                 Seen{std::string("* ann is here\n"), "hears-themselves"});
  });
}

TEST(Use12c_Chat, WhoHasNoNameWasNeverHere) {
  in_house([](House& house) -> Coro<> {
    Stream ann = co_await house.enter("ann");
    {
      const Stream nobody = co_await aio::open_unix_connection(House::path());
      co_await iterations();
      EXPECT_STORY(house.story, house.room.members(), 1U, "whoever has said no name is no member");
    }
    co_await iterations();
    {
      Stream half = co_await aio::open_unix_connection(House::path());
      half.write("bo");
    }
    co_await iterations();
    Stream bob = co_await house.enter("bob");
    const std::string first = co_await heard(ann, 1);
    EXPECT_STORY(house.story, first, "* bob is here\n", "half a name is no name");
  });
}

TEST(Use12c_Chat, AWordThatIsCutOffIsNotTold) {
  in_house([](House& house) -> Coro<> {
    tests::Story story;
    Stream ann = co_await house.enter("ann");
    Stream bob = co_await house.enter("bob");
    bob.write("good mor");
    bob.close();
    story.step("bob goes in the middle of a word");
    const std::string told = co_await heard(ann, 2);
    EXPECT_STORY(story, told, "* bob is here\n* bob has left\n",
                 "half a line is told, and what comes next is put at its end");
  });
}

/// Says many lines, and waits while the room does not take them.
Coro<> talk(Stream& who, int lines) {
  for (int i = 0; i < lines; ++i) {
    who.write(std::string(200, 'x') + " " + std::to_string(i) + "\n");
    co_await who.drain();
  }
}

/// Counts the lines of talk() until one is missing.
Coro<> count_lines(Stream& who, int& in_order) {
  while (true) {
    const std::string line = co_await who.read_line();
    if (line.starts_with("* ")) continue;
    if (!line.ends_with(" " + std::to_string(in_order) + "\n")) co_return;
    ++in_order;
  }
}

TEST(Use12c_Chat, WhoDoesNotReadKeepsNobodyWaiting) {
  in_house([](House& house) -> Coro<> {
    constexpr int lines = 10'000;
    tests::Story story;
    Stream slow = co_await house.enter("slow");
    Stream ann = co_await house.enter("ann");
    Stream bob = co_await house.enter("bob");
    story.step("slow, ann and bob are here; slow reads nothing");
    int heard_by_bob = 0;
    const auto listening = aio::create_task(count_lines(bob, heard_by_bob));
    const auto talking = aio::create_task(talk(ann, lines));
    for (int before = -1; before != heard_by_bob;) {
      before = heard_by_bob;
      co_await iterations(200);
    }
    story.step("bob has heard " + std::to_string(heard_by_bob) + " of ann's 10,000 lines");
    EXPECT_STORY(story, heard_by_bob == lines, true, "the room waits for the one who does not read",
                 tests::LooksLike{false, "the-slowest-sets-the-pace"});
    for (const auto& task : {listening, talking}) task.cancel();
    co_await iterations();
  });
}

TEST(Use12c_Chat, WhoDoesNotReadIsThrownOut) {
  in_house([](House& house) -> Coro<> {
    tests::Story story;
    Stream slow = co_await house.enter("slow");
    Stream ann = co_await house.enter("ann");
    story.step("slow comes, and ann; slow reads nothing");
    auto hearing = aio::create_task(heard(ann, 1));
    co_await talk(ann, 10'000);
    co_await iterations(200);
    story.step("ann says 10,000 lines, 2 MB");
    story.step(std::to_string(house.room.members()) + " members are here, " +
               std::to_string(house.server->connections()) + " connections are open");
    EXPECT_STORY(story, house.room.members(), 1U, "everything is kept for one who does not read",
                 Seen{std::size_t{2}, "nobody-is-thrown-out"});
    EXPECT_STORY(story, house.server->connections(), 1U,
                 "what slow does not read is kept, and the connection with it",
                 tests::LooksLike{std::size_t{2}, "closes-and-waits"});
    if (!hearing.done()) {
      hearing.cancel();
      co_return;
    }
    const std::string left = co_await hearing;
    EXPECT_STORY(house.story, left, "* slow has left\n",
                 "the others are told that slow has left, once");
  });
}

TEST(Use12c_Chat, WhoReadsALittleLateStays) {
  in_house([](House& house) -> Coro<> {
    Stream late = co_await house.enter("late");
    Stream ann = co_await house.enter("ann");
    for (int i = 0; i < 5; ++i) {
      co_await talk(ann, 1000);  // 200 KB, less than the room's patience
      co_await iterations();
      co_await heard(late, i == 0 ? 1001 : 1000);
    }
    EXPECT_STORY(house.story, house.room.members(), 2U,
                 "less waits for late than the room's patience: it may stay");
  });
}

Coro<> see_a_member_die(House& house, std::uint16_t port) {
  Stream ann = co_await aio::open_connection("127.0.0.1", port);
  ann.write("ann\n");
  co_await iterations();
  Stream cid = co_await aio::open_connection("127.0.0.1", port);
  cid.write("cid\n");
  const std::string here = co_await heard(ann, 1);
  EXPECT_STORY(house.story, here, "* cid is here\n", "ann is not told that cid has come");
  house.story.step("cid's connection is reset");
  cid.abort();  // RST: cid's next read fails with ECONNRESET
  const std::string left = co_await heard(ann, 1);
  EXPECT_STORY(house.story, left, "* cid has left\n", "a read that fails ends a member, too");
  EXPECT_STORY(house.story, house.room.members(), 1U, "cid is gone, and still a member");
  Stream bob = co_await aio::open_connection("127.0.0.1", port);
  bob.write("bob\n");
  const std::string next = co_await heard(ann, 1);
  EXPECT_STORY(house.story, next, "* bob is here\n", "the room died with cid");
}

TEST(Use12c_Chat, WhoDiesHasLeft) {
  in_house([](House& house) -> Coro<> {
    const auto serve = [&house](Stream stream) { return house.room.serve(std::move(stream)); };
    Server tcp = co_await aio::start_server(serve, "127.0.0.1", 0);
    co_await see_a_member_die(house, tcp.port());
  });
}

TEST(Use12c_Chat, WhoIsSentAwayHasLeft) {
  in_house([](House& house) -> Coro<> {
    Stream ann = co_await house.enter("ann");
    Stream bob = co_await house.enter("bob");
    std::vector<aio::TaskRef> sent_away = aio::all_tasks();
    std::erase(sent_away, aio::current_task());
    for (const aio::TaskRef& task : sent_away) task.cancel();
    co_await iterations();
    EXPECT_STORY(house.story, house.room.members(), 0U,
                 "a handler that was cancelled leaves its member behind");
    for (const aio::TaskRef& task : sent_away) {
      EXPECT_STORY(house.story, task.cancelled(), true,
                   "serve() has swallowed the request to stop");
    }
  });
}

/// Bob is here. Ann comes, speaks twice and goes; whoever serves her is cancelled.
struct Cancelled : tests::CancelScene {
  ChatRoom room{};
  Stream* served = nullptr;

  Coro<> play() override { co_await room.serve(std::move(*served)); }
  Coro<> world(Coro<> playing) override {
    auto [bob, served_bob] = wire::pair();
    const auto serving_bob = aio::create_task(room.serve(std::move(served_bob)));
    bob.write("bob\n");
    co_await iterations();
    auto [hers, ours] = wire::pair();
    served = &ours;
    const auto talking = aio::create_task(talk_slowly(std::move(hers)));
    co_await std::move(playing);
    co_await iterations();
    EXPECT_STORY(story, room.members(), 1U, "a member who is served no more is still there");
    co_await talking;
    bob.write_eof();
    const std::string heard = co_await bob.read_all();
    const bool came = heard.find("* ann is here\n") != std::string::npos;
    const bool left = heard.find("* ann has left\n") != std::string::npos;
    EXPECT_STORY(story, left, came, "whoever has come, has to leave, however that happens");
    co_await serving_bob;
  }
  static Coro<> talk_slowly(Stream ann) {
    for (const char* line : {"ann\n", "hello\n", "bye\n"}) {
      ann.write(line);
      co_await aio::sleep(std::chrono::seconds(1));
    }
  }
  Tasks tasks() const override { return Tasks::others; }
};

TEST(Use12c_Chat, WhoIsSentAwayHasLeftWheneverThatIs) {
  tests::cancel_anywhere<Cancelled>("serve() goes on for a member who has been sent away");
}

}  // namespace
