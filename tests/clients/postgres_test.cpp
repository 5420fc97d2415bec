// PostgreSQL itself, in a folder of its own. What has to happen in an order is ordered by the locks
// of the server, not by time.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
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
#include <clients/postgres.hpp>
#include <clients/transaction.hpp>

#include "clients/server.hpp"
#include "support/iterations.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::create_task, aio::InvalidStateError, aio::Task;
using clients::ConnectionError, clients::QueryError, clients::Rows, clients::transaction;
using postgres::Connection, postgres::Query;
using tests::iterations;

std::string programs() {
  for (int version = 30; version > 9; --version) {
    const std::string folder = "/usr/lib/postgresql/" + std::to_string(version) + "/bin/";
    if (std::filesystem::exists(folder + "initdb")) return folder;
  }
  return "";
}

class Postgres {
 public:
  Postgres() {
    const std::string data = folder_.path / "data";
    tests::run_program({programs() + "initdb", "-D", data, "-U", "loopwright", "-A", "trust",
                        "--no-sync", "--no-instructions", "--locale", "C", "-E", "UTF8"},
                       as_);
    const auto is_ready = [this, data] {
      std::ifstream file(data + "/postmaster.pid");
      std::string line, last;
      while (std::getline(file, line)) last = line;
      return last.starts_with("ready") && tests::answers(port_);
    };
    const std::vector<std::string> command{programs() + "postgres",
                                           "-D",
                                           data,
                                           "-p",
                                           std::to_string(port_),
                                           "-c",
                                           "listen_addresses=127.0.0.1",
                                           "-c",
                                           "unix_socket_directories=",
                                           "-c",
                                           "fsync=off",
                                           "-c",
                                           "full_page_writes=off",
                                           "-c",
                                           "shared_buffers=16MB",
                                           "-c",
                                           "autovacuum=off"};
    server_.emplace(command, is_ready, as_);
  }
  std::string settings() const {
    return "hostaddr=127.0.0.1 user=loopwright dbname=postgres port=" + std::to_string(port_);
  }
  int port() const { return port_; }
  tests::Server& server() { return *server_; }

 private:
  static tests::RunAs as_postgres() {
    tests::RunAs as;
    as.user = "postgres";  // it refuses root
    return as;
  }
  const tests::RunAs as_ = as_postgres();
  const tests::Folder folder_{"postgres", as_.user};
  const int port_ = tests::free_port();
  std::optional<tests::Server> server_;
};

/// One for all tests.
class Environment : public testing::Environment {
 public:
  void SetUp() override {
    if (programs().empty()) GTEST_SKIP() << "There is no PostgreSQL here.";
    if (!tests::can_run_as("postgres")) {
      GTEST_SKIP() << "It refuses root, and there is no postgres.";
    }
    postgres = std::make_unique<Postgres>();
  }
  void TearDown() override { postgres = nullptr; }
  static inline std::unique_ptr<Postgres> postgres;
};
[[maybe_unused]] const auto* const environment = testing::AddGlobalTestEnvironment(new Environment);

Coro<std::unique_ptr<Connection>> connect() {
  return Connection::connect(Environment::postgres->settings());
}

/// Runs a test with a connection.
void with_connection(std::function<Coro<>(Connection&)> body) {
  const auto main = [&body]() -> Coro<> {
    const std::unique_ptr<Connection> connection = co_await connect();
    co_await body(*connection);
  };
  aio::run(main());
}

Coro<int> number(Connection& connection, std::string sql) {
  const Rows rows = co_await connection.query(sql);
  co_return rows[0][0].as<int>();
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

/// A lock of the server's: whoever asks for it with `wait_for_lock` sleeps there until it is free.
constexpr const char* take_lock = "SELECT pg_advisory_lock(17)";
constexpr const char* free_lock = "SELECT pg_advisory_unlock(17)";
constexpr const char* wait_for_lock = "SELECT 1 FROM pg_advisory_xact_lock(17)";
constexpr const char* count_waiting =
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";

Coro<> until_somebody_waits(Connection& connection, int how_many = 1) {
  int waiting = -1;
  while (waiting != how_many) waiting = co_await number(connection, count_waiting);
}

// ── connecting ──

TEST(PostgresConnect, ByNameToo) {
  const auto main = []() -> Coro<> {
    const std::string settings = "host=localhost user=loopwright dbname=postgres port=" +
                                 std::to_string(Environment::postgres->port());
    const auto connection = co_await Connection::connect(settings);
    EXPECT_EQ(co_await number(*connection, "SELECT 6 * 7"), 42);
  };
  aio::run(main());
}

TEST(PostgresConnect, TheSocketMayChangeOnTheWay) {
  const auto main = []() -> Coro<> {
    const std::string settings =
        "hostaddr=127.0.0.1,127.0.0.1 user=loopwright dbname=postgres port=" +
        std::to_string(tests::free_port()) + "," + std::to_string(Environment::postgres->port());
    const auto connection = co_await Connection::connect(settings);
    EXPECT_EQ(co_await number(*connection, "SELECT 1"), 1);
  };
  aio::run(main());
}

TEST(PostgresConnect, SaysWhyItCannot) {
  const auto main = []() -> Coro<> {
    const std::string nobody = "hostaddr=127.0.0.1 port=" + std::to_string(tests::free_port());
    EXPECT_EQ(co_await failure_of(Connection::connect(nobody)), "ConnectionError");
    const std::string other = Environment::postgres->settings() + " dbname=none";
    EXPECT_EQ(co_await failure_of(Connection::connect(other)), "ConnectionError");
    EXPECT_EQ(co_await failure_of(Connection::connect("what is this")), "invalid_argument");
  };
  aio::run(main());
}

TEST(PostgresConnect, OfSeveralHostsTheFirstThatAnswers) {
  const auto main = []() -> Coro<> {
    const std::string nobody = std::to_string(tests::free_port());
    const std::string port = std::to_string(Environment::postgres->port());
    const std::string user = " user=loopwright dbname=postgres";
    const auto connection =
        co_await Connection::connect("host=127.0.0.1,localhost port=" + nobody + "," + port + user);
    EXPECT_EQ(co_await number(*connection, "SELECT 1"), 1);
    EXPECT_EQ(co_await failure_of(Connection::connect("host=a,b,c port=1,2" + user)),
              "ConnectionError");
  };
  aio::run(main());
}

/// libpq's connect_timeout means nothing here.
TEST(PostgresConnect, DoesNotWaitForEver) {
  const auto main = []() -> Coro<> {
    const tests::Silence silence;
    const std::string silent = "hostaddr=127.0.0.1 user=x port=" + std::to_string(silence.port());
    EXPECT_EQ(co_await failure_of(Connection::connect(silent, 20ms)), "TimeoutError");
  };
  aio::run(main());
}

TEST(PostgresConnect, TheLoopGoesOnMeanwhile) {
  const auto main = []() -> Coro<> {
    Environment::postgres->server().stop();
    const auto connecting = create_task(connect());
    co_await iterations(1000);
    EXPECT_FALSE(connecting.done());
    Environment::postgres->server().go_on();
    EXPECT_EQ(co_await number(*co_await connecting, "SELECT 1"), 1);
  };
  aio::run(main());
}

// ── queries ──

TEST(PostgresQuery, TakesParametersAndGivesValues) {
  with_connection([](Connection& connection) -> Coro<> {
    const Rows rows = co_await connection.query(
        "SELECT $1::int + 1 AS sum, $2::text AS said, $3::text AS nothing, true AS yes, 0.25 AS "
        "part",
        41, "Robert'); DROP TABLE students;--", nullptr);
    EXPECT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["sum"].as<int>(), 42);
    EXPECT_EQ(rows[0]["said"].as<std::string>(), "Robert'); DROP TABLE students;--");
    EXPECT_TRUE(rows[0]["nothing"].is_null());
    EXPECT_EQ(rows[0]["nothing"].as<std::optional<int>>(), std::nullopt);
    EXPECT_THROW(rows[0]["nothing"].as<int>(), std::invalid_argument);
    EXPECT_TRUE(rows[0]["yes"].as<bool>());
    EXPECT_EQ(rows[0][4].as<double>(), 0.25);
    EXPECT_THROW(rows[0]["other"], std::out_of_range);
    EXPECT_THROW(rows[1], std::out_of_range);
  });
}

TEST(PostgresQuery, TellsHowManyRowsItChanged) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TEMP TABLE users (id int PRIMARY KEY, name text)");
    const Rows added = co_await connection.query(
        "INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 10) n");
    EXPECT_EQ(added.affected, 10);
    const Rows all = co_await connection.query("SELECT * FROM users ORDER BY id");
    EXPECT_EQ(all.size(), 10U);
    EXPECT_EQ(all[9]["name"].text(), "user 10");
  });
}

TEST(PostgresQuery, WhatIsRefusedLeavesTheConnectionGood) {
  with_connection([](Connection& connection) -> Coro<> {
    EXPECT_EQ(co_await failure_of(connection.query("SELEKT 1")), "QueryError 42601");
    EXPECT_EQ(co_await failure_of(connection.query("SELECT 1 / 0")), "QueryError 22012");
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT 1"), 1);
  });
}

/// libpq takes texts that end at their first NUL.
TEST(PostgresQuery, ANulIsRefusedBeforeItIsSent) {
  with_connection([](Connection& connection) -> Coro<> {
    const std::string cut("cut\0 off", 8);
    EXPECT_EQ(co_await failure_of(connection.query("SELECT $1::text", cut)), "QueryError 22021");
    EXPECT_EQ(co_await failure_of(connection.query("SELECT 1 -- " + cut)), "QueryError 22021");
    std::vector<Query> queries;
    queries.emplace_back("SELECT 1");
    queries.emplace_back("SELECT $1::text", cut);
    EXPECT_EQ(co_await failure_of(connection.pipeline(std::move(queries))), "QueryError 22021");
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT 1"), 1);
  });
}

TEST(PostgresQuery, ANoticeIsNoResult) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto other = co_await connect();
    co_await other->query(take_lock);
    const auto query = create_task(connection.query(
        "DO $$ BEGIN RAISE NOTICE 'soon'; PERFORM pg_advisory_xact_lock(17); END $$"));
    co_await until_somebody_waits(*other);
    co_await iterations(100);
    EXPECT_FALSE(query.done());
    co_await other->query(free_lock);
    co_await query;
  });
}

TEST(PostgresQuery, TheLoopGoesOnMeanwhile) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto other = co_await connect();
    co_await other->query(take_lock);
    const auto query = create_task(connection.query(wait_for_lock));
    co_await until_somebody_waits(*other);
    co_await iterations(1000);
    EXPECT_FALSE(query.done());
    co_await other->query(free_lock);
    const Rows rows = co_await query;
    EXPECT_EQ(rows.size(), 1U);
  });
}

TEST(PostgresQuery, OneAtATime) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto query = create_task(connection.query("SELECT 1"));
    co_await iterations(1);
    EXPECT_EQ(co_await failure_of(connection.query("SELECT 2")), "InvalidStateError");
    EXPECT_FALSE(connection.is_clean());
    co_await query;
    EXPECT_TRUE(connection.is_clean());
  });
}

// ── pipelines, COPY, notifications ──

TEST(PostgresPipeline, GivesWhatEachHasGiven) {
  with_connection([](Connection& connection) -> Coro<> {
    std::vector<Query> queries;
    for (int i = 0; i < 100; ++i) queries.emplace_back("SELECT $1::int * 2", i);
    const std::vector<Rows> all = co_await connection.pipeline(std::move(queries));
    EXPECT_EQ(all.size(), 100U);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i][0][0].as<std::size_t>(), 2 * i);
    EXPECT_EQ(co_await number(connection, "SELECT 1"), 1);
  });
}

/// 32 MB each way: the server stops reading while nobody reads what it answers.
TEST(PostgresPipeline, ReadsWhileItWrites) {
  with_connection([](Connection& connection) -> Coro<> {
    const std::string much(1 << 20, 'x');
    std::vector<Query> queries;
    for (int i = 0; i < 32; ++i) queries.emplace_back("SELECT $1::text", much);
    const std::vector<Rows> all = co_await connection.pipeline(std::move(queries));
    EXPECT_EQ(all.size(), 32U);
    EXPECT_EQ(all.back()[0][0].text(), much);
  });
}

TEST(PostgresPipeline, IsOneTransaction) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TEMP TABLE t (n int)");
    std::vector<Query> queries;
    queries.emplace_back("INSERT INTO t VALUES (1)");
    queries.emplace_back("SELECT 1 / 0");
    queries.emplace_back("INSERT INTO t VALUES (2)");
    EXPECT_EQ(co_await failure_of(connection.pipeline(std::move(queries))), "QueryError 22012");
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT count(*) FROM t"), 0);
  });
}

TEST(PostgresCopy, BothWays) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TEMP TABLE t (n int, s text)");
    std::string data;
    for (int i = 0; i < 50'000; ++i)
      data += std::to_string(i) + "\tline " + std::to_string(i) + "\n";
    co_await connection.copy_in("COPY t FROM STDIN", data);
    EXPECT_EQ(co_await number(connection, "SELECT count(*) FROM t"), 50'000);
    EXPECT_EQ(co_await connection.copy_out("COPY (SELECT * FROM t ORDER BY n) TO STDOUT"), data);
    EXPECT_EQ(co_await failure_of(connection.copy_in("COPY t FROM STDIN", "not a number\n")),
              "QueryError 22P02");
    EXPECT_EQ(co_await failure_of(connection.copy_out("COPY none TO STDOUT")), "QueryError 42P01");
    EXPECT_EQ(co_await number(connection, "SELECT 1"), 1);
  });
}

TEST(PostgresCopy, IsNoQuery) {
  with_connection([](Connection& connection) -> Coro<> {
    EXPECT_EQ(co_await failure_of(connection.query("COPY (SELECT 1) TO STDOUT")),
              "invalid_argument");
    EXPECT_TRUE(connection.is_closed());
  });
}

TEST(PostgresNotify, ComesWithoutAQuery) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("LISTEN news");
    const auto next = create_task(connection.notification());
    const auto other = co_await connect();
    co_await other->query("SELECT pg_notify('news', 'first')");
    co_await other->query("SELECT pg_notify('news', 'second')");
    const postgres::Notification first = co_await next;
    EXPECT_EQ(first.channel + ": " + first.payload, "news: first");
    const postgres::Notification second = co_await connection.notification();
    EXPECT_EQ(second.payload, "second");
  });
}

TEST(PostgresNotify, ACancelledWaitLosesNothing) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("LISTEN news");
    EXPECT_EQ(co_await failure_of(aio::wait_for(connection.notification(), 1ms)), "TimeoutError");
    EXPECT_TRUE(connection.is_clean());
    co_await connection.query("SELECT pg_notify('news', 'mine')");
    const postgres::Notification mine = co_await connection.notification();
    EXPECT_EQ(mine.payload, "mine");
  });
}

TEST(PostgresNotify, WhoWaitsHearsThatTheServerHasGone) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto other = co_await connect();
    co_await connection.query("LISTEN news");
    const auto next = create_task(connection.notification());
    co_await iterations();
    co_await other->query("SELECT pg_terminate_backend($1::int)", connection.server_pid());
    EXPECT_EQ(co_await failure_of(next), "ConnectionError");
    EXPECT_TRUE(connection.is_closed());
  });
}

// ── cancellation ──

TEST(PostgresCancelled, StopsTheQueryAndKeepsTheConnection) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto other = co_await connect();
    co_await other->query(take_lock);
    const int pid = connection.server_pid();
    const auto query = create_task(connection.query(wait_for_lock));
    co_await until_somebody_waits(*other);
    query.cancel();
    EXPECT_THROW(co_await query, CancelledError);
    EXPECT_EQ(co_await number(*other, count_waiting), 0);  // the server has stopped it
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT pg_backend_pid()"), pid);
  });
}

TEST(PostgresCancelled, APipelineToo) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto other = co_await connect();
    co_await other->query(take_lock);
    std::vector<Query> queries;
    queries.emplace_back("SELECT 1");
    queries.emplace_back(wait_for_lock);
    queries.emplace_back("SELECT 2");
    const auto query = create_task(connection.pipeline(std::move(queries)));
    co_await until_somebody_waits(*other);
    query.cancel();
    EXPECT_THROW(co_await query, CancelledError);
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT 3"), 3);
  });
}

/// Wherever it waits, the next answer is that of the next question.
TEST(PostgresCancelled, WheneverItIs) {
  const auto main = []() -> Coro<> {
    std::unique_ptr<Connection> connection = co_await connect();
    for (int after = 0; after < 12; ++after) {
      const auto query = create_task(connection->query("SELECT repeat('x', 1000000)"));
      co_await iterations(after);
      if (!query.cancel()) continue;
      EXPECT_THROW(co_await query, CancelledError);
      EXPECT_TRUE(connection->is_clean()) << "cancelled after " << after;
      EXPECT_EQ(co_await number(*connection, "SELECT 7"), 7);
    }
  };
  aio::run(main());
}

TEST(PostgresCancelled, AServerThatStandsStillCostsTheConnectionOnly) {
  const auto main = []() -> Coro<> {
    std::unique_ptr<Connection> connection = co_await connect();
    Environment::postgres->server().stop();
    const auto query = create_task(connection->query("SELECT 1"));
    co_await iterations();
    connection->close();
    EXPECT_TRUE(connection->is_closed());
    EXPECT_EQ(co_await failure_of(query), "ConnectionError");
    EXPECT_TRUE(connection->is_closed());
    Environment::postgres->server().go_on();
  };
  aio::run(main());
}

/// Nobody reads the answer then.
TEST(PostgresCancelled, ACleanUpThatIsCancelledCostsTheConnection) {
  const auto main = []() -> Coro<> {
    const std::unique_ptr<Connection> connection = co_await connect();
    Environment::postgres->server().stop();
    const auto query = create_task(connection->query("SELECT 1"));
    co_await iterations();
    query.cancel();
    co_await iterations();
    EXPECT_FALSE(query.done());
    for (aio::TaskRef each : aio::all_tasks()) {
      if (each != aio::current_task()) each.cancel();
    }
    EXPECT_THROW(co_await query, CancelledError);
    EXPECT_TRUE(connection->is_closed());
    Environment::postgres->server().go_on();
  };
  aio::run(main());
}

TEST(PostgresEnd, ALoopThatIsClosedTakesAQueryAlong) {
  std::unique_ptr<Connection> connection;
  {
    aio::EventLoop loop;
    connection = loop.run_until_complete(connect());
    const auto query = loop.create_task(connection->query("SELECT pg_sleep(1)"));
    loop.run_until_complete(iterations());
    EXPECT_FALSE(query.done());
  }
  EXPECT_TRUE(connection->is_closed());
}

// ── transactions ──

TEST(PostgresTransaction, CommitsWhatHasEndedWell) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TEMP TABLE t (n int)");
    const auto work = [&connection]() -> Coro<int> {
      co_await connection.query("INSERT INTO t VALUES (1)");
      EXPECT_TRUE(connection.in_transaction());
      EXPECT_FALSE(connection.is_clean());
      co_return 5;
    };
    EXPECT_EQ(co_await transaction(connection, work), 5);
    EXPECT_FALSE(connection.in_transaction());
    EXPECT_EQ(co_await number(connection, "SELECT count(*) FROM t"), 1);
  });
}

TEST(PostgresTransaction, RollsBackWhatFailsOrIsCancelled) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TEMP TABLE t (n int)");
    const auto fails = [&connection]() -> Coro<> {
      co_await connection.query("INSERT INTO t VALUES (1)");
      co_await connection.query("SELECT 1 / 0");
    };
    EXPECT_EQ(co_await failure_of(transaction(connection, fails)), "QueryError 22012");
    const auto waits = [&connection]() -> Coro<> {
      co_await connection.query("INSERT INTO t VALUES (2)");
      co_await connection.query("SELECT pg_sleep(1000)");
    };
    EXPECT_EQ(co_await failure_of(aio::wait_for(transaction(connection, waits), 50ms)),
              "TimeoutError");
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT count(*) FROM t"), 0);
  });
}

// ── pools ──

using Pool = clients::Pool<Connection>;

TEST(PostgresPool, AThousandQueriesOverTenConnections) {
  const auto main = []() -> Coro<> {
    Pool pool(10, connect);
    const auto query = [&pool](int i) -> Coro<int> {
      const Pool::Lease connection = co_await pool.acquire();
      const Rows rows = co_await connection->query("SELECT $1::int", i);
      co_return rows[0][0].as<int>();
    };
    std::vector<Coro<int>> all;
    for (int i = 0; i < 1000; ++i) all.push_back(query(i));
    const std::vector<int> numbers = co_await aio::gather(std::move(all));
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(numbers[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(pool.made(), 10U);
    EXPECT_EQ(pool.idle(), 10U);
  };
  aio::run(main());
}

TEST(PostgresPool, AnOpenTransactionDoesNotComeBack) {
  const auto main = []() -> Coro<> {
    Pool pool(1, connect);
    const auto forgets = [](Pool::Lease& connection) -> Coro<> { co_await connection->begin(); };
    co_await aio::with(co_await pool.acquire(), forgets);
    EXPECT_EQ(pool.idle(), 0U);
    const Pool::Lease next = co_await pool.acquire();
    EXPECT_FALSE(next->in_transaction());
    EXPECT_EQ(pool.made(), 2U);
  };
  aio::run(main());
}

TEST(PostgresPool, WhoIsCancelledWhileItWaitsPassesItsTurnOn) {
  const auto main = []() -> Coro<> {
    Pool pool(1, connect);
    const auto use = [&pool]() -> Coro<int> {
      const Pool::Lease connection = co_await pool.acquire();
      co_return co_await number(*connection, "SELECT 1");
    };
    std::optional<Pool::Lease> held(co_await pool.acquire());
    const auto first = create_task(use()), second = create_task(use());
    co_await iterations();
    first.cancel();
    held.reset();
    EXPECT_EQ(co_await second, 1);
    EXPECT_TRUE(first.cancelled());
  };
  aio::run(main());
}

TEST(PostgresPool, AConnectionThatTheServerHasEndedIsReplaced) {
  const auto main = []() -> Coro<> {
    Pool pool(1, connect);
    const auto pid_of = [&pool]() -> Coro<int> {
      const Pool::Lease connection = co_await pool.acquire();
      co_return connection->server_pid();
    };
    const int first = co_await pid_of();
    const auto other = co_await connect();
    co_await other->query("SELECT pg_terminate_backend($1, 10000)", first);
    EXPECT_NE(co_await pid_of(), first);
    EXPECT_EQ(pool.made(), 2U);
  };
  aio::run(main());
}

TEST(PostgresPool, IsClosedForWhoComesLater) {
  const auto main = []() -> Coro<> {
    Pool pool(1, connect);
    {
      const Pool::Lease connection = co_await pool.acquire();
      pool.close();
      EXPECT_EQ(co_await number(*connection, "SELECT 1"), 1);
    }
    EXPECT_EQ(pool.idle(), 0U);
    EXPECT_EQ(co_await failure_of(pool.acquire()), "InvalidStateError");
  };
  aio::run(main());
}

// ── a server that dies ──

TEST(PostgresKilled, AQueryFailsAndAPoolConnectsAnew) {
  const auto main = []() -> Coro<> {
    Pool pool(2, connect);
    const auto other = co_await connect();
    co_await other->query(take_lock);
    const auto use = [&pool](std::string sql) -> Coro<int> {
      const Pool::Lease connection = co_await pool.acquire();
      co_return co_await number(*connection, std::move(sql));
    };
    const auto one = create_task(use(wait_for_lock)), two = create_task(use(wait_for_lock));
    co_await until_somebody_waits(*other, 2);
    Environment::postgres->server().kill();
    EXPECT_EQ(co_await failure_of(one), "ConnectionError");
    EXPECT_EQ(co_await failure_of(two), "ConnectionError");
    EXPECT_EQ(pool.idle(), 0U);
    EXPECT_EQ(co_await failure_of(use("SELECT 1")), "ConnectionError");  // there is no server
    Environment::postgres->server().start();
    EXPECT_EQ(co_await use("SELECT 1"), 1);
    EXPECT_FALSE(other->is_clean());
  };
  aio::run(main());
}

}  // namespace
