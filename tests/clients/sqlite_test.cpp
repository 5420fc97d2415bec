// SQLite, with files in a folder of their own. What has to happen in an order is ordered by the
// locks of the database, not by time.

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
#include <clients/pool.hpp>
#include <clients/sqlite.hpp>
#include <clients/transaction.hpp>

#include "clients/server.hpp"
#include "support/entries.hpp"
#include "support/iterations.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::create_task, aio::InvalidStateError, aio::Task;
using clients::ConnectionError, clients::QueryError, clients::Rows, clients::transaction;
using sqlite::Connection;
using tests::iterations;
using Opened = std::unique_ptr<Connection>;

/// Counts up for longer than anybody waits.
constexpr const char* for_ever =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

void with_file(std::function<Coro<>(std::string)> body) {
  const tests::Folder folder("sqlite");
  aio::run(body(folder.path / "database"));
}

void with_connection(std::function<Coro<>(Connection&)> body) {
  const auto main = [&body]() -> Coro<> {
    const Opened connection = co_await Connection::open(":memory:");
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
  }
  co_return "";
}

TEST(SqliteQuery, TakesParametersAndGivesValues) {
  with_connection([](Connection& connection) -> Coro<> {
    const std::string bytes("a\0b", 3);
    const Rows rows = co_await connection.query(
        "SELECT ?1 + 1 AS sum, ?2 AS said, ?3 AS none, ?4 AS part, ?5 AS bytes", 41,
        "Robert'); DROP TABLE students;--", nullptr, 0.25, bytes);
    EXPECT_EQ(rows[0]["sum"], clients::Value(42));
    EXPECT_EQ(rows[0]["said"].text(), "Robert'); DROP TABLE students;--");
    EXPECT_TRUE(rows[0]["none"].is_null());
    EXPECT_EQ(rows[0]["part"].as<double>(), 0.25);
    EXPECT_EQ(rows[0]["bytes"].text(), bytes);
  });
}

TEST(SqliteQuery, TellsHowManyRowsItChanged) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
    for (int i = 1; i <= 10; ++i) {
      const Rows one = co_await connection.query("INSERT INTO users (name) VALUES (?1)",
                                                 "user " + std::to_string(i));
      EXPECT_EQ(one.affected, 1);
    }
    const Rows none = co_await connection.query("CREATE INDEX by_name ON users (name)");
    EXPECT_EQ(none.affected, 0);
    const Rows all = co_await connection.query("SELECT * FROM users ORDER BY id");
    EXPECT_EQ(all.size(), 10U);
    EXPECT_EQ(all[9]["name"].text(), "user 10");
  });
}

TEST(SqliteQuery, WhatIsRefusedLeavesTheConnectionGood) {
  with_connection([](Connection& connection) -> Coro<> {
    EXPECT_EQ(co_await failure_of(connection.query("SELEKT 1")), "QueryError 1");
    EXPECT_EQ(co_await failure_of(connection.query("SELECT ?1")), "QueryError ");
    EXPECT_EQ(co_await failure_of(connection.query("SELECT 1; SELECT 2")), "QueryError ");
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT 1;"), 1);
  });
}

TEST(SqliteQuery, OneAtATime) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto query = create_task(connection.query("SELECT 1"));
    co_await iterations(1);
    EXPECT_EQ(co_await failure_of(connection.query("SELECT 2")), "InvalidStateError");
    co_await query;
    EXPECT_TRUE(connection.is_clean());
  });
}

TEST(SqliteOpen, SaysWhyItCannot) {
  with_file([](std::string file) -> Coro<> {
    EXPECT_EQ(co_await failure_of(Connection::open(file + "/of/nowhere")), "ConnectionError");
  });
}

TEST(SqliteOpen, WhatIsNoDatabaseIsClosedAgain) {
  with_file([](std::string file) -> Coro<> {
    std::ofstream(file) << std::string(4096, 'x');
    EXPECT_EQ(co_await failure_of(Connection::open(file)), "QueryError 26");
    const std::size_t before = tests::open_descriptors();
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(co_await failure_of(Connection::open(file)), "QueryError 26");
    }
    EXPECT_LT(tests::open_descriptors(), before + 10);
  });
}

// ── locks ──

TEST(SqliteLocks, TheLoopGoesOnWhileAStatementWaits) {
  with_file([](std::string file) -> Coro<> {
    const Opened one = co_await Connection::open(file), two = co_await Connection::open(file, 50s);
    co_await one->query("CREATE TABLE t (n INTEGER)");
    co_await one->begin();
    const auto waits = create_task(two->query("INSERT INTO t VALUES (1)"));
    co_await iterations(1000);
    EXPECT_FALSE(waits.done());
    co_await one->commit();
    co_await waits;
    EXPECT_EQ(co_await number(*one, "SELECT count(*) FROM t"), 1);
  });
}

TEST(SqliteLocks, ReadersDoNotWaitForTheWriter) {
  with_file([](std::string file) -> Coro<> {
    const Opened one = co_await Connection::open(file), two = co_await Connection::open(file, 0s);
    co_await one->query("CREATE TABLE t (n INTEGER)");
    co_await one->begin();
    co_await one->query("INSERT INTO t VALUES (1)");
    EXPECT_EQ(co_await number(*two, "SELECT count(*) FROM t"), 0);
    co_await one->commit();
    EXPECT_EQ(co_await number(*two, "SELECT count(*) FROM t"), 1);
  });
}

TEST(SqliteLocks, PatienceEnds) {
  with_file([](std::string file) -> Coro<> {
    const Opened one = co_await Connection::open(file), two = co_await Connection::open(file, 5ms);
    co_await one->begin();
    EXPECT_EQ(co_await failure_of(two->begin()), "QueryError 5");
    co_await one->rollback();
    EXPECT_EQ(co_await failure_of(two->begin()), "");
  });
}

// ── cancellation ──

TEST(SqliteCancelled, TheStatementIsInterrupted) {
  with_connection([](Connection& connection) -> Coro<> {
    for (int after = 0; after < 200; after += 10) {
      const auto query = create_task(connection.query(for_ever));
      co_await iterations(after);
      query.cancel();
      EXPECT_THROW(co_await query, CancelledError);
      EXPECT_TRUE(connection.is_clean());
      EXPECT_EQ(co_await number(connection, "SELECT 7"), 7);
    }
  });
}

TEST(SqliteCancelled, WhoWaitsForALockToo) {
  with_file([](std::string file) -> Coro<> {
    const Opened one = co_await Connection::open(file), two = co_await Connection::open(file, 500s);
    co_await one->begin();
    EXPECT_EQ(co_await failure_of(aio::wait_for(two->begin(), 20ms)), "TimeoutError");
    EXPECT_TRUE(two->is_clean());
    co_await one->rollback();
    co_await two->begin();
  });
}

TEST(SqliteEnd, CloseInterruptsWhatRuns) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto query = create_task(connection.query(for_ever));
    co_await iterations(100);
    connection.close();
    EXPECT_EQ(co_await failure_of(query), "ConnectionError");
    EXPECT_EQ(co_await failure_of(connection.query("SELECT 1")), "ConnectionError");
  });
}

/// The file of the log goes when the last one has closed the database.
TEST(SqliteEnd, ACloseThatIsAwaitedIsDone) {
  with_file([](std::string file) -> Coro<> {
    const Opened connection = co_await Connection::open(file);
    co_await connection->query("CREATE TABLE t (n)");
    EXPECT_TRUE(std::filesystem::exists(file + "-wal"));
    co_await connection->aclose();
    co_await connection->aclose();
    EXPECT_TRUE(connection->is_closed());
    EXPECT_FALSE(std::filesystem::exists(file + "-wal"));
    EXPECT_EQ(co_await failure_of(connection->query("SELECT 1")), "ConnectionError");
  });
}

TEST(SqliteEnd, ALoopThatIsClosedTakesAQueryAlong) {
  Opened connection;
  {
    aio::EventLoop loop;
    connection = loop.run_until_complete(Connection::open(":memory:"));
    const auto query = loop.create_task(connection->query(for_ever));
    loop.run_until_complete(iterations(100));
    EXPECT_FALSE(query.done());
  }
  EXPECT_TRUE(connection->is_closed());
}

// ── transactions ──

TEST(SqliteTransaction, CommitsWhatHasEndedWell) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TABLE t (n INTEGER)");
    const auto work = [&connection]() -> Coro<int> {
      co_await connection.query("INSERT INTO t VALUES (1)");
      EXPECT_TRUE(connection.in_transaction());
      EXPECT_FALSE(connection.is_clean());
      co_return 5;
    };
    EXPECT_EQ(co_await transaction(connection, work), 5);
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT count(*) FROM t"), 1);
  });
}

TEST(SqliteTransaction, RollsBackWhatFailsOrIsCancelled) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TABLE t (n INTEGER PRIMARY KEY)");
    const auto fails = [&connection]() -> Coro<> {
      co_await connection.query("INSERT INTO t VALUES (1)");
      co_await connection.query("INSERT INTO t VALUES (1)");
    };
    EXPECT_EQ(co_await failure_of(transaction(connection, fails)), "QueryError 1555");
    const auto waits = [&connection]() -> Coro<> {
      co_await connection.query("INSERT INTO t VALUES (2)");
      co_await connection.query(for_ever);
    };
    EXPECT_EQ(co_await failure_of(aio::wait_for(transaction(connection, waits), 20ms)),
              "TimeoutError");
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT count(*) FROM t"), 0);
  });
}

// ── pools ──

TEST(SqlitePool, AThousandQueriesOverTenConnections) {
  with_file([](std::string file) -> Coro<> {
    clients::Pool<Connection> pool(10, [file] { return Connection::open(file); });
    {
      const auto connection = co_await pool.acquire();
      co_await connection->query("CREATE TABLE t (n INTEGER)");
    }
    const auto query = [&pool](int i) -> Coro<int> {
      const auto connection = co_await pool.acquire();
      if (i % 100 == 0) co_await connection->query("INSERT INTO t VALUES (?1)", i);
      const Rows rows = co_await connection->query("SELECT ?1", i);
      co_return rows[0][0].as<int>();
    };
    std::vector<Coro<int>> all;
    for (int i = 0; i < 1000; ++i) all.push_back(query(i));
    const std::vector<int> numbers = co_await aio::gather(std::move(all));
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(numbers[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(pool.made(), 10U);
    const auto connection = co_await pool.acquire();
    EXPECT_EQ(co_await number(*connection, "SELECT count(*) FROM t"), 10);
  });
}

/// Two tasks on one connection would be in one transaction.
TEST(SqlitePool, ATransactionKeepsToItsConnection) {
  with_file([](std::string file) -> Coro<> {
    clients::Pool<Connection> pool(2, [file] { return Connection::open(file); });
    {
      const auto connection = co_await pool.acquire();
      co_await connection->query("CREATE TABLE t (n INTEGER)");
      co_await connection->query("INSERT INTO t VALUES (0)");
    }
    const auto add = [&pool]() -> Coro<> {
      const auto connection = co_await pool.acquire();
      const auto work = [&connection]() -> Coro<> {
        const int before = co_await number(*connection, "SELECT n FROM t");
        co_await iterations(3);
        co_await connection->query("UPDATE t SET n = ?1", before + 1);
      };
      co_await transaction(*connection, work);
    };
    std::vector<Coro<>> all;
    for (int i = 0; i < 20; ++i) all.push_back(add());
    co_await aio::gather(std::move(all));
    const auto connection = co_await pool.acquire();
    EXPECT_EQ(co_await number(*connection, "SELECT n FROM t"), 20);
  });
}

}  // namespace
