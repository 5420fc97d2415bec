// Redis itself, in a folder of its own.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/gather.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>
#include <aio/with.hpp>
#include <clients/pool.hpp>
#include <clients/redis.hpp>

#include "clients/server.hpp"
#include "support/iterations.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::create_task, aio::InvalidStateError, aio::Task;
using clients::ConnectionError, clients::QueryError;
using redis::Connection, redis::Message, redis::Reply, redis::words;
using tests::iterations;

constexpr const char* program = "/usr/bin/redis-server";

class Redis {
 public:
  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  tests::Server& server() { return server_; }

 private:
  const tests::Folder folder_{"redis"};
  const int port_ = tests::free_port();
  tests::Server server_{{program, "--port", std::to_string(port_), "--bind", "127.0.0.1", "--dir",
                         folder_.path.string(), "--save", "", "--appendonly", "no"},
                        [this] { return tests::answers(port_); }};
};

/// One for all tests.
class Environment : public testing::Environment {
 public:
  void SetUp() override {
    if (!std::filesystem::exists(program)) GTEST_SKIP() << "There is no Redis here.";
    redis = std::make_unique<Redis>();
  }
  void TearDown() override { redis = nullptr; }
  static inline std::unique_ptr<Redis> redis;
};
[[maybe_unused]] const auto* const environment = testing::AddGlobalTestEnvironment(new Environment);

Coro<std::unique_ptr<Connection>> connect() {
  return Connection::connect("127.0.0.1", Environment::redis->port());
}

/// Runs a test with a connection to an empty database.
void with_connection(std::function<Coro<>(Connection&)> body) {
  const auto main = [&body]() -> Coro<> {
    const std::unique_ptr<Connection> connection = co_await connect();
    co_await connection->command("FLUSHALL");
    co_await body(*connection);
  };
  aio::run(main());
}

Coro<std::string> text(Coro<Reply> command) {
  const Reply reply = co_await std::move(command);
  co_return reply.as_text();
}

/// "" or what is thrown, by kind.
template <class Awaitable>
Coro<std::string> failure_of(Awaitable awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const QueryError& error) {
    co_return "QueryError " + error.code;
  } catch (const ConnectionError&) {
    co_return "ConnectionError";
  } catch (const InvalidStateError&) {
    co_return "InvalidStateError";
  } catch (const aio::TimeoutError&) {
    co_return "TimeoutError";
  } catch (const std::invalid_argument&) {
    co_return "invalid_argument";
  }
  co_return "";
}

Coro<> until_clients_block(Connection& connection, int how_many) {
  const std::string wanted = "blocked_clients:" + std::to_string(how_many) + "\r\n";
  std::string info;
  while (info.find(wanted) == std::string::npos) info = co_await text(connection.command("INFO"));
}

// ── connecting ──

TEST(RedisConnect, ByNameToo) {
  const auto main = []() -> Coro<> {
    const auto connection = co_await Connection::connect("localhost", Environment::redis->port());
    EXPECT_EQ(co_await text(connection->command("PING")), "PONG");
  };
  aio::run(main());
}

/// hiredis frees what it has when it cannot connect.
TEST(RedisConnect, SaysWhyItCannot) {
  const auto main = []() -> Coro<> {
    const auto nobody = static_cast<std::uint16_t>(tests::free_port());
    EXPECT_EQ(co_await failure_of(Connection::connect("127.0.0.1", nobody)), "ConnectionError");
    EXPECT_EQ(co_await failure_of(Connection::connect("255.255.255.255", 1)), "ConnectionError");
  };
  aio::run(main());
}

/// A server that says nothing is found out by who asks it something: connecting asks nothing.
TEST(RedisConnect, TheTimeOutIsOurs) {
  const auto main = []() -> Coro<> {
    const tests::Silence silence;
    const auto port = static_cast<std::uint16_t>(silence.port());
    const auto connection = co_await Connection::connect("127.0.0.1", port);
    EXPECT_EQ(co_await failure_of(aio::wait_for(connection->command("PING"), 10ms)),
              "TimeoutError");
  };
  aio::run(main());
}

TEST(RedisConnect, MayBeCancelled) {
  const auto main = []() -> Coro<> {
    for (int after = 0; after < 4; ++after) {
      const auto connecting = create_task(connect());
      co_await iterations(after);
      if (!connecting.cancel()) continue;
      EXPECT_THROW(co_await connecting, CancelledError);
    }
  };
  aio::run(main());
}

// ── commands ──

TEST(RedisCommand, TakesWordsAndGivesAReply) {
  with_connection([](Connection& redis) -> Coro<> {
    const std::string bytes("a\0b\r\nc", 6);
    EXPECT_EQ(co_await text(redis.command("SET", "key", bytes)), "OK");
    EXPECT_EQ(co_await text(redis.command("GET", "key")), bytes);
    const Reply number = co_await redis.command("INCRBY", "count", 42);
    EXPECT_EQ(number.as_number(), 42);
    const Reply nothing = co_await redis.command("GET", "none");
    EXPECT_TRUE(nothing.is_nothing());
    EXPECT_THROW(nothing.as_text(), std::invalid_argument);
    co_await redis.command("RPUSH", "list", "one", "two", 3);
    const Reply list = co_await redis.command("LRANGE", "list", 0, -1);
    EXPECT_EQ(list.list.size(), 3U);
    EXPECT_EQ(list.list.at(2).as_number(), 3);
  });
}

TEST(RedisCommand, AnErrorIsThrown) {
  with_connection([](Connection& redis) -> Coro<> {
    EXPECT_EQ(co_await failure_of(redis.command("WHAT")), "QueryError ERR");
    co_await redis.command("SET", "text", "x");
    EXPECT_EQ(co_await failure_of(redis.command("LPUSH", "text", "y")), "QueryError WRONGTYPE");
    EXPECT_TRUE(redis.is_clean());
  });
}

TEST(RedisCommand, AThousandTasksShareAConnection) {
  with_connection([](Connection& redis) -> Coro<> {
    const auto count = [&redis]() -> Coro<long long> {
      const Reply reply = co_await redis.command("INCR", "count");
      co_return reply.as_number();
    };
    std::vector<Coro<long long>> all;
    for (int i = 0; i < 1000; ++i) all.push_back(count());
    const std::vector<long long> counts = co_await aio::gather(std::move(all));
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(counts[static_cast<std::size_t>(i)], i + 1);
  });
}

TEST(RedisCommand, TheLoopGoesOnMeanwhile) {
  with_connection([](Connection& redis) -> Coro<> {
    const auto other = co_await connect();
    const auto waits = create_task(other->command("BLPOP", "list", 0));
    co_await until_clients_block(redis, 1);
    co_await iterations(1000);
    EXPECT_FALSE(waits.done());
    co_await redis.command("RPUSH", "list", "at last");
    const Reply reply = co_await waits;
    EXPECT_EQ(reply.list.at(1).as_text(), "at last");
  });
}

TEST(RedisCommand, ALargeReplyAndALargeCommand) {
  with_connection([](Connection& redis) -> Coro<> {
    const std::string much(8 << 20, 'x');
    co_await redis.command("SET", "much", much);
    EXPECT_EQ(co_await text(redis.command("GET", "much")), much);
  });
}

/// hiredis believes that a command has one reply.
TEST(RedisCommand, OneWithAnotherNumberOfRepliesIsRefused) {
  with_connection([](Connection& redis) -> Coro<> {
    for (const std::string name : {"SUBSCRIBE", "pSubscribe", "unsubscribe", "Monitor"}) {
      EXPECT_EQ(co_await failure_of(redis.command(name, "a", "b")), "invalid_argument") << name;
    }
    EXPECT_EQ(co_await failure_of(redis.run({})), "invalid_argument");
    std::vector<Connection::Command> commands;
    commands.push_back(words("INCR", "n"));
    commands.push_back(words("MONITOR"));
    EXPECT_EQ(co_await failure_of(redis.transaction(std::move(commands))), "invalid_argument");
    EXPECT_TRUE(redis.is_clean());  // nothing was sent
    EXPECT_EQ(co_await text(redis.command("PING")), "PONG");
  });
}

TEST(RedisPipeline, GivesErrorsAmongTheReplies) {
  with_connection([](Connection& redis) -> Coro<> {
    std::vector<Connection::Command> commands;
    commands.push_back(words("SET", "a", 1));
    commands.push_back(words("LPUSH", "a", "x"));
    commands.push_back(words("INCR", "a"));
    const std::vector<Reply> replies = co_await redis.pipeline(std::move(commands));
    EXPECT_EQ(replies.size(), 3U);
    EXPECT_EQ(replies.at(1).kind, Reply::Kind::error);
    EXPECT_EQ(replies.at(2).as_number(), 2);
  });
}

TEST(RedisTransaction, NobodyComesBetween) {
  with_connection([](Connection& redis) -> Coro<> {
    const auto add_two = [&redis]() -> Coro<long long> {
      std::vector<Connection::Command> commands;
      commands.push_back(words("INCR", "n"));
      commands.push_back(words("INCR", "n"));
      const Reply reply = co_await redis.transaction(std::move(commands));
      co_return reply.list.at(1).as_number();
    };
    const auto [one, two, three] = co_await aio::gather(add_two(), add_two(), add_two());
    EXPECT_EQ(one + two + three, 2 + 4 + 6);
    std::vector<Connection::Command> wrong;
    wrong.push_back(words("WHAT"));
    EXPECT_EQ(co_await failure_of(redis.transaction(std::move(wrong))), "QueryError EXECABORT");
  });
}

TEST(RedisTransaction, GivesNothingWhenAWatchedKeyHasChanged) {
  with_connection([](Connection& redis) -> Coro<> {
    co_await redis.command("WATCH", "n");
    const auto other = co_await connect();
    co_await other->command("SET", "n", 5);
    std::vector<Connection::Command> commands;
    commands.push_back(words("SET", "n", 6));
    const Reply reply = co_await redis.transaction(std::move(commands));
    EXPECT_TRUE(reply.is_nothing());
    EXPECT_EQ(co_await text(redis.command("GET", "n")), "5");
  });
}

TEST(RedisTransaction, WhatIsLeftOfItIsNotClean) {
  with_connection([](Connection& redis) -> Coro<> {
    co_await redis.command("watch", "key");
    EXPECT_FALSE(redis.is_clean());
    co_await redis.command("UNWATCH");
    EXPECT_TRUE(redis.is_clean());
    for (const std::string end : {"discard", "EXEC"}) {
      co_await redis.command("MULTI");
      EXPECT_FALSE(redis.is_clean());
      co_await redis.command(end);
      EXPECT_TRUE(redis.is_clean());
    }
  });
}

// ── cancellation ──

TEST(RedisCancelled, TheNextReplyIsThatOfTheNextCommand) {
  with_connection([](Connection& redis) -> Coro<> {
    for (int after = 0; after < 6; ++after) {
      const auto dropped = create_task(redis.command("ECHO", "dropped"));
      co_await iterations(after);
      dropped.cancel();
      EXPECT_EQ(co_await text(redis.command("ECHO", "wanted")), "wanted");
    }
    EXPECT_TRUE(redis.is_clean());
  });
}

TEST(RedisCancelled, AConnectionThatOwesAReplyIsNotClean) {
  with_connection([](Connection& redis) -> Coro<> {
    clients::Pool<Connection> pool(1, connect);
    const auto waits = [&pool]() -> Coro<> {
      const auto connection = co_await pool.acquire();
      co_await connection->command("BLPOP", "none", 0);
    };
    const Task<> task = create_task(waits());
    co_await until_clients_block(redis, 1);
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_EQ(pool.idle(), 0U);
    co_await until_clients_block(redis, 0);  // it was closed
  });
}

TEST(RedisEnd, CloseTellsWhoeverWaits) {
  with_connection([](Connection& redis) -> Coro<> {
    auto other = co_await connect();
    const auto one = create_task(other->command("BLPOP", "none", 0));
    const auto two = create_task(other->command("PING"));
    co_await until_clients_block(redis, 1);
    other = nullptr;
    EXPECT_EQ(co_await failure_of(one), "ConnectionError");
    EXPECT_EQ(co_await failure_of(two), "ConnectionError");
  });
}

TEST(RedisEnd, ALoopThatIsClosedTakesACommandAlong) {
  std::unique_ptr<Connection> connection;
  {
    aio::EventLoop loop;
    connection = loop.run_until_complete(connect());
    const auto command = loop.create_task(connection->command("BLPOP", "none", 0));
    loop.run_until_complete(iterations());
    EXPECT_FALSE(command.done());
  }
  connection->close();
  EXPECT_TRUE(connection->is_closed());
}

// ── messages ──

TEST(RedisMessages, ComeInTheirOrder) {
  with_connection([](Connection& redis) -> Coro<> {
    const auto news = co_await connect();
    co_await news->subscribe("news");
    co_await news->subscribe("sport");
    co_await redis.command("PUBLISH", "news", "one");
    co_await redis.command("PUBLISH", "sport", "two");
    const Message one = co_await news->message(), two = co_await news->message();
    EXPECT_EQ(one.channel + " " + one.text, "news one");
    EXPECT_EQ(two.channel + " " + two.text, "sport two");
    EXPECT_EQ(co_await failure_of(news->command("PING")), "InvalidStateError");
    EXPECT_FALSE(news->is_clean());
  });
}

TEST(RedisMessages, WhoIsSlowLosesNothing) {
  with_connection([](Connection& redis) -> Coro<> {
    const auto news = co_await connect();
    co_await news->subscribe("news");
    constexpr int many = 20'000;
    for (int i = 0; i < many; i += 1000) {
      std::vector<Connection::Command> commands;
      for (int k = 0; k < 1000; ++k) commands.push_back(words("PUBLISH", "news", i + k));
      co_await redis.pipeline(std::move(commands));
    }
    for (int i = 0; i < many; ++i) {
      const Message message = co_await news->message();
      EXPECT_EQ(message.text, std::to_string(i));
    }
  });
}

TEST(RedisMessages, ACancelledWaitLosesNothing) {
  with_connection([](Connection& redis) -> Coro<> {
    const auto news = co_await connect();
    co_await news->subscribe("news");
    EXPECT_EQ(co_await failure_of(aio::wait_for(news->message(), 1ms)), "TimeoutError");
    co_await redis.command("PUBLISH", "news", "one");
    const Message one = co_await news->message();
    EXPECT_EQ(one.text, "one");
  });
}

TEST(RedisMessages, SeveralMaySubscribeAtOnce) {
  with_connection([](Connection& redis) -> Coro<> {
    const auto news = co_await connect();
    const auto [one, two] = co_await aio::gather(failure_of(news->subscribe("news")),
                                                 failure_of(news->subscribe("sport")));
    EXPECT_EQ(one + two, "");
    co_await redis.command("PUBLISH", "sport", "goal");
    EXPECT_EQ((co_await news->message()).text, "goal");
  });
}

TEST(RedisMessages, WhoWaitsMayOutliveTheConnection) {
  with_connection([](Connection&) -> Coro<> {
    auto news = co_await connect();
    co_await news->subscribe("news");
    const auto message = create_task(news->message());
    const auto subscribed = create_task(news->subscribe("sport"));
    co_await iterations(1);
    news = nullptr;
    EXPECT_EQ(co_await failure_of(message), "ConnectionError");
    EXPECT_EQ(co_await failure_of(subscribed), "ConnectionError");
  });
}

// ── pools, and a server that dies ──

TEST(RedisPool, AThousandQueriesOverTenConnections) {
  const auto main = []() -> Coro<> {
    clients::Pool<Connection> pool(10, connect);
    const auto query = [&pool](int i) -> Coro<std::string> {
      const auto connection = co_await pool.acquire();
      co_return co_await text(connection->command("ECHO", i));
    };
    std::vector<Coro<std::string>> all;
    for (int i = 0; i < 1000; ++i) all.push_back(query(i));
    const std::vector<std::string> texts = co_await aio::gather(std::move(all));
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(texts[static_cast<std::size_t>(i)], std::to_string(i));
    EXPECT_EQ(pool.made(), 10U);
  };
  aio::run(main());
}

TEST(RedisKilled, EverybodyIsToldAndAPoolConnectsAnew) {
  const auto main = []() -> Coro<> {
    clients::Pool<Connection> pool(2, connect);
    const auto watcher = co_await connect();
    const auto news = co_await connect();
    co_await news->subscribe("news");
    const auto message = create_task(news->message());
    const auto use = [&pool](Connection::Command command) -> Coro<> {
      const auto connection = co_await pool.acquire();
      co_await connection->run(std::move(command));
    };
    const Task<> one = create_task(use(words("BLPOP", "none", 0)));
    const Task<> two = create_task(use(words("BLPOP", "none", 0)));
    co_await until_clients_block(*watcher, 2);
    Environment::redis->server().kill();
    EXPECT_EQ(co_await failure_of(one), "ConnectionError");
    EXPECT_EQ(co_await failure_of(two), "ConnectionError");
    EXPECT_EQ(co_await failure_of(message), "ConnectionError");
    EXPECT_EQ(co_await failure_of(watcher->command("PING")), "ConnectionError");
    EXPECT_EQ(co_await failure_of(use(words("PING"))), "ConnectionError");
    Environment::redis->server().start();
    EXPECT_EQ(co_await failure_of(use(words("PING"))), "");
  };
  aio::run(main());
}

TEST(RedisKilled, AnIdleConnectionOfAPoolIsReplaced) {
  const auto main = []() -> Coro<> {
    clients::Pool<Connection> pool(1, connect);
    const auto ping = [&pool]() -> Coro<std::string> {
      const auto connection = co_await pool.acquire();
      co_return co_await text(connection->command("PING"));
    };
    EXPECT_EQ(co_await ping(), "PONG");
    Environment::redis->server().kill();
    Environment::redis->server().start();
    EXPECT_EQ(co_await ping(), "PONG");
    EXPECT_EQ(pool.made(), 2U);
  };
  aio::run(main());
}

}  // namespace
