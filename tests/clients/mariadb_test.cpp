// MariaDB itself, in a folder of its own. What has to happen in an order is ordered by the locks
// of the server, not by time.

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
#include <clients/mariadb.hpp>
#include <clients/pool.hpp>
#include <clients/transaction.hpp>

#include "clients/server.hpp"
#include "support/iterations.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::create_task, aio::InvalidStateError, aio::Task;
using clients::ConnectionError, clients::QueryError, clients::Rows, clients::transaction;
using mariadb::Connection;
using tests::iterations;

constexpr const char* program = "/usr/sbin/mariadbd";

class MariaDb {
 public:
  MariaDb() {
    tests::run_program({"mariadb-install-db", "--no-defaults", "--datadir=" + data(),
                        "--auth-root-authentication-method=normal", "--skip-test-db"},
                       as_);
    const std::vector<std::string> command{program,
                                           "--no-defaults",
                                           "--datadir=" + data(),
                                           "--socket=" + (folder_.path / "socket").string(),
                                           "--port=" + std::to_string(port_),
                                           "--bind-address=127.0.0.1",
                                           "--innodb-buffer-pool-size=16M",
                                           "--innodb-log-file-size=8M",
                                           "--innodb-flush-log-at-trx-commit=0",
                                           "--innodb-fast-shutdown=2"};
    server_.emplace(
        command, [this] { return tests::answers(port_); }, as_);
  }
  mariadb::Settings settings() const {
    mariadb::Settings settings;
    settings.port = static_cast<std::uint16_t>(port_);
    settings.user = "root";
    settings.database = "mysql";
    return settings;
  }
  tests::Server& server() { return *server_; }

 private:
  static tests::RunAs as_mysql() {
    tests::RunAs as;
    as.user = "mysql";  // it refuses root
    return as;
  }
  std::string data() const { return folder_.path / "data"; }
  const tests::RunAs as_ = as_mysql();
  const tests::Folder folder_{"mariadb", as_.user};
  const int port_ = tests::free_port();
  std::optional<tests::Server> server_;
};

/// One for all tests.
class Environment : public testing::Environment {
 public:
  void SetUp() override {
    if (!std::filesystem::exists(program)) GTEST_SKIP() << "There is no MariaDB here.";
    if (!tests::can_run_as("mysql")) GTEST_SKIP() << "It refuses root, and there is no mysql.";
    mariadb = std::make_unique<MariaDb>();
  }
  void TearDown() override { mariadb = nullptr; }
  static inline std::unique_ptr<MariaDb> mariadb;
};
[[maybe_unused]] const auto* const environment = testing::AddGlobalTestEnvironment(new Environment);

Coro<std::unique_ptr<Connection>> connect() {
  return Connection::connect(Environment::mariadb->settings());
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
constexpr const char* take_lock = "SELECT GET_LOCK('l', 0)";
constexpr const char* free_lock = "SELECT RELEASE_LOCK('l')";
constexpr const char* wait_for_lock = "SELECT GET_LOCK('l', 1000)";
constexpr const char* count_waiting =
    "SELECT count(*) FROM information_schema.processlist WHERE state = 'User lock'";

Coro<> until_somebody_waits(Connection& connection, int how_many = 1) {
  int waiting = -1;
  while (waiting != how_many) waiting = co_await number(connection, count_waiting);
}

// ── connecting ──

TEST(MariaDbConnect, ByNameToo) {
  const auto main = []() -> Coro<> {
    mariadb::Settings settings = Environment::mariadb->settings();
    settings.host = "localhost";
    const auto connection = co_await Connection::connect(settings);
    EXPECT_EQ(co_await number(*connection, "SELECT 6 * 7"), 42);
  };
  aio::run(main());
}

TEST(MariaDbConnect, SaysWhyItCannot) {
  const auto main = []() -> Coro<> {
    mariadb::Settings nobody, other = Environment::mariadb->settings();
    nobody.port = static_cast<std::uint16_t>(tests::free_port());
    EXPECT_EQ(co_await failure_of(Connection::connect(nobody)), "ConnectionError");
    other.user = "nobody";
    EXPECT_EQ(co_await failure_of(Connection::connect(other)), "ConnectionError");
  };
  aio::run(main());
}

TEST(MariaDbConnect, DoesNotWaitForEver) {
  const auto main = []() -> Coro<> {
    const tests::Silence silence;
    mariadb::Settings settings;
    settings.port = static_cast<std::uint16_t>(silence.port());
    EXPECT_EQ(co_await failure_of(Connection::connect(settings, 20ms)), "TimeoutError");
  };
  aio::run(main());
}

TEST(MariaDbConnect, TheLoopGoesOnMeanwhile) {
  const auto main = []() -> Coro<> {
    Environment::mariadb->server().stop();
    const auto connecting = create_task(connect());
    co_await iterations(1000);
    EXPECT_FALSE(connecting.done());
    Environment::mariadb->server().go_on();
    EXPECT_EQ(co_await number(*co_await connecting, "SELECT 1"), 1);
  };
  aio::run(main());
}

// ── queries ──

TEST(MariaDbQuery, TakesParametersAndGivesValues) {
  with_connection([](Connection& connection) -> Coro<> {
    const Rows rows = co_await connection.query(
        "SELECT ? + 1 AS sum, ? AS said, ? AS none, 0.25 AS part, REPEAT('x', 100000) AS much", 41,
        "Robert'); DROP TABLE students;--", nullptr);
    EXPECT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["sum"].as<double>(), 42);
    EXPECT_EQ(rows[0]["said"].as<std::string>(), "Robert'); DROP TABLE students;--");
    EXPECT_TRUE(rows[0]["none"].is_null());
    EXPECT_EQ(rows[0]["part"].as<double>(), 0.25);
    EXPECT_EQ(rows[0]["much"].text(), std::string(100'000, 'x'));
  });
}

TEST(MariaDbQuery, TellsHowManyRowsItChanged) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TEMPORARY TABLE users (id int PRIMARY KEY, name text)");
    const Rows added = co_await connection.query(
        "INSERT INTO users SELECT seq, CONCAT('user ', seq) FROM seq_1_to_10");
    EXPECT_EQ(added.affected, 10);
    const Rows all = co_await connection.query("SELECT * FROM users ORDER BY id");
    EXPECT_EQ(all.size(), 10U);
    EXPECT_EQ(all[9]["name"].text(), "user 10");
  });
}

TEST(MariaDbQuery, WhatIsRefusedLeavesTheConnectionGood) {
  with_connection([](Connection& connection) -> Coro<> {
    EXPECT_EQ(co_await failure_of(connection.query("SELEKT 1")), "QueryError 42000");
    EXPECT_EQ(co_await failure_of(connection.query("SELECT ?")), "QueryError 07001");
    EXPECT_EQ(co_await failure_of(connection.query("SELECT * FROM none")), "QueryError 42S02");
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT 1"), 1);
  });
}

TEST(MariaDbQuery, MuchBothWays) {
  with_connection([](Connection& connection) -> Coro<> {
    const std::string much(8 << 20, 'x');
    const Rows rows = co_await connection.query("SELECT ?", much);
    EXPECT_EQ(rows[0][0].text(), much);
  });
}

TEST(MariaDbQuery, TheLoopGoesOnMeanwhile) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto other = co_await connect();
    co_await other->query(take_lock);
    const auto query = create_task(connection.query(wait_for_lock));
    co_await until_somebody_waits(*other);
    co_await iterations(1000);
    EXPECT_FALSE(query.done());
    EXPECT_EQ(co_await failure_of(connection.query("SELECT 2")), "InvalidStateError");
    co_await other->query(free_lock);
    const Rows rows = co_await query;
    EXPECT_EQ(rows.size(), 1U);
  });
}

// ── cancellation ──

TEST(MariaDbCancelled, StopsTheQueryAndKeepsTheConnection) {
  with_connection([](Connection& connection) -> Coro<> {
    const auto other = co_await connect();
    co_await other->query(take_lock);
    const unsigned long thread = connection.server_thread();
    const auto query = create_task(connection.query(wait_for_lock));
    co_await until_somebody_waits(*other);
    query.cancel();
    EXPECT_THROW(co_await query, CancelledError);
    EXPECT_EQ(co_await number(*other, count_waiting), 0);  // the server has stopped it
    EXPECT_TRUE(connection.is_clean());
    const Rows rows = co_await connection.query("SELECT CONNECTION_ID()");
    EXPECT_EQ(rows[0][0].as<unsigned long>(), thread);
  });
}

/// Wherever it waits, the next answer is that of the next question.
TEST(MariaDbCancelled, WheneverItIs) {
  const auto main = []() -> Coro<> {
    const std::unique_ptr<Connection> connection = co_await connect();
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

/// The server takes no second connection, since the user has another password by then.
TEST(MariaDbCancelled, WhenTheServerCannotBeToldToStopTheConnectionGoes) {
  with_connection([](Connection& root) -> Coro<> {
    co_await root.query("CREATE USER passing@localhost, passing@'%'");
    mariadb::Settings settings = Environment::mariadb->settings();
    settings.user = "passing";
    settings.database = "";
    const auto connection = co_await Connection::connect(settings);
    co_await root.query(take_lock);
    const auto query = create_task(connection->query(wait_for_lock));
    co_await until_somebody_waits(root);
    for (const std::string host : {"localhost", "'%'"}) {
      co_await root.query("ALTER USER passing@" + host + " IDENTIFIED BY 'other'");
    }
    query.cancel();
    EXPECT_THROW(co_await query, CancelledError);
    EXPECT_TRUE(connection->is_closed());
    co_await iterations();
    EXPECT_EQ(aio::all_tasks().size(), 1U);  // nobody is left in the middle of it
    co_await root.query(free_lock);
    co_await until_somebody_waits(root, 0);
    co_await root.query("DROP USER passing@localhost, passing@'%'");
  });
}

/// Nor does close() wait until its goodbye is sent.
TEST(MariaDbEnd, CloseWaitsForNobody) {
  const auto main = []() -> Coro<> {
    const auto busy = co_await connect(), idle = co_await connect();
    Environment::mariadb->server().stop();
    const auto query = create_task(busy->query("SELECT 1"));
    co_await iterations();
    busy->close();
    idle->close();
    EXPECT_TRUE(busy->is_closed());
    EXPECT_EQ(co_await failure_of(query), "ConnectionError");
    EXPECT_TRUE(busy->is_closed());
    Environment::mariadb->server().go_on();
  };
  aio::run(main());
}

TEST(MariaDbEnd, ALoopThatIsClosedTakesAQueryAlong) {
  std::unique_ptr<Connection> connection;
  {
    aio::EventLoop loop;
    connection = loop.run_until_complete(connect());
    const auto query = loop.create_task(connection->query("SELECT SLEEP(1)"));
    loop.run_until_complete(iterations());
    EXPECT_FALSE(query.done());
  }
  EXPECT_TRUE(connection->is_closed());
}

// ── transactions ──

TEST(MariaDbTransaction, CommitsWhatHasEndedWell) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TEMPORARY TABLE t (n int) ENGINE=InnoDB");
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

TEST(MariaDbTransaction, RollsBackWhatFailsOrIsCancelled) {
  with_connection([](Connection& connection) -> Coro<> {
    co_await connection.query("CREATE TEMPORARY TABLE t (n int) ENGINE=InnoDB");
    const auto fails = [&connection]() -> Coro<> {
      co_await connection.query("INSERT INTO t VALUES (1)");
      co_await connection.query("SELECT * FROM none");
    };
    EXPECT_EQ(co_await failure_of(transaction(connection, fails)), "QueryError 42S02");
    const auto waits = [&connection]() -> Coro<> {
      co_await connection.query("INSERT INTO t VALUES (2)");
      co_await connection.query("SELECT SLEEP(1000)");
    };
    EXPECT_EQ(co_await failure_of(aio::wait_for(transaction(connection, waits), 50ms)),
              "TimeoutError");
    EXPECT_TRUE(connection.is_clean());
    EXPECT_EQ(co_await number(connection, "SELECT count(*) FROM t"), 0);
  });
}

// ── pools ──

using Pool = clients::Pool<Connection>;

TEST(MariaDbPool, AThousandQueriesOverTenConnections) {
  const auto main = []() -> Coro<> {
    Pool pool(10, connect);
    const auto query = [&pool](int i) -> Coro<int> {
      const Pool::Lease connection = co_await pool.acquire();
      const Rows rows = co_await connection->query("SELECT ?", i);
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

TEST(MariaDbPool, AnOpenTransactionDoesNotComeBack) {
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

TEST(MariaDbPool, AConnectionThatTheServerHasEndedIsReplaced) {
  const auto main = []() -> Coro<> {
    Pool pool(1, connect);
    const auto pid_of = [&pool]() -> Coro<unsigned long> {
      const Pool::Lease connection = co_await pool.acquire();
      co_return connection->server_thread();
    };
    const unsigned long first = co_await pid_of();
    const auto other = co_await connect();
    co_await other->query("KILL " + std::to_string(first));
    int left = 1;
    while (left > 0) {
      left = co_await number(*other,
                             "SELECT count(*) FROM information_schema.processlist WHERE id = " +
                                 std::to_string(first));
    }
    EXPECT_NE(co_await pid_of(), first);
    EXPECT_EQ(pool.made(), 2U);
  };
  aio::run(main());
}

// ── a server that dies ──

TEST(MariaDbKilled, AQueryFailsAndAPoolConnectsAnew) {
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
    Environment::mariadb->server().kill();
    EXPECT_EQ(co_await failure_of(one), "ConnectionError");
    EXPECT_EQ(co_await failure_of(two), "ConnectionError");
    EXPECT_EQ(pool.idle(), 0U);
    EXPECT_EQ(co_await failure_of(use("SELECT 1")), "ConnectionError");  // there is no server
    Environment::mariadb->server().start();
    EXPECT_EQ(co_await use("SELECT 1"), 1);
    EXPECT_FALSE(other->is_clean());
  };
  aio::run(main());
}

}  // namespace
