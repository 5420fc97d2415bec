// Lesson 14: files, whole and in pieces, on a disk that is full and in folders that have gone.

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/files.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/entries.hpp"
#include "support/error_of.hpp"
#include "support/gate.hpp"
#include "support/refusal.hpp"
#include "support/run_seeded.hpp"
#include "support/temporary.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::Durable, aio::Executor, aio::File, aio::FileMode;
using aio::InvalidStateError, aio::read_file, aio::Task, aio::write_file;
using tests::error_of, tests::Gate, tests::open_descriptors, tests::OpensAtEnd;
using tests::run_seeded, tests::until;
namespace fs = std::filesystem;

const auto compiled = tests::compiled_from(aio::layers::files);

/// A folder of the test's own, which goes with it.
class Files : public testing::Test {
 protected:
  Files() : folder(tests::temporary("files")), remove_("rm -rf '" + folder.string() + "'") {
    remove();
    ::mkdir(folder.c_str(), 0700);
  }
  ~Files() override { remove(); }

  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string made(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t entries() const { return tests::entries_of(folder.c_str()); }

  const fs::path folder;

 private:
  void remove() const { EXPECT_EQ(std::system(remove_.c_str()), 0); }

  const std::string remove_;
};

/// What an error says.
template <class Awaitable>
Coro<std::string> said(Awaitable awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const std::system_error& error) {
    co_return error.what();
  } catch (const InvalidStateError& error) {
    co_return error.what();
  }
  co_return "nothing was thrown";
}

// ── whole files ──

TEST_F(Files, AreReadAsAWhole) {
  struct Body {
    static Coro<> main(std::string some, std::string none, std::string large) {
      EXPECT_EQ(co_await read_file(some), std::string("one\0two", 7));
      EXPECT_EQ(co_await read_file(none), "");
      const std::string much = co_await read_file(large);
      EXPECT_TRUE(much == std::string(3'000'000, 'x'));
      const std::string status = co_await read_file("/proc/self/status");
      EXPECT_TRUE(status.starts_with("Name:")) << "its size is 0";
    }
  };
  run_seeded(Body::main(made("some", std::string("one\0two", 7)), made("none", ""),
                        made("large", std::string(3'000'000, 'x'))));
}

TEST_F(Files, ThatCannotBeReadSayWhy) {
  struct Body {
    static Coro<> main(std::string missing, std::string folder) {
      EXPECT_EQ(co_await said(read_file(missing)),
                "open \"" + missing + "\": No such file or directory");
      EXPECT_EQ(co_await error_of(read_file(folder)), EISDIR);
      EXPECT_THROW(co_await read_file(std::string("a\0b", 3)), std::invalid_argument);
    }
  };
  run_seeded(Body::main(path("missing"), folder.string()));
}

/// Nobody writes to it, and nobody ever will.
TEST_F(Files, AFifoIsNotWaitedFor) {
  struct Body {
    static Coro<> main(std::string fifo) {
      EXPECT_EQ(co_await error_of(read_file(fifo)), ESPIPE);
      EXPECT_EQ(co_await error_of(File::open(fifo, FileMode::append)), ENXIO);
    }
  };
  ::mkfifo(path("fifo").c_str(), 0600);
  run_seeded(Body::main(path("fifo")));
}

TEST_F(Files, AreReplacedAsAWhole) {
  struct Body {
    static Coro<> main(std::string path) {
      co_await write_file(path, "first");
      EXPECT_EQ(co_await read_file(path), "first");
      ::chmod(path.c_str(), 0640);
      co_await write_file(path, std::string("second\0", 7), Durable::yes);
      EXPECT_EQ(co_await read_file(path), std::string("second\0", 7));
    }
  };
  run_seeded(Body::main(path("file")));
  struct stat about {};
  ::stat(path("file").c_str(), &about);
  EXPECT_EQ(about.st_mode & 07777U, 0640U) << "the mode is kept";
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, ASymbolicLinkStays) {
  struct Body {
    static Coro<> main(std::string link) { co_await write_file(link, "new"); }
  };
  made("file", "old");
  ASSERT_EQ(::symlink("file", path("link").c_str()), 0);
  run_seeded(Body::main(path("link")));
  struct stat about {};
  ::lstat(path("link").c_str(), &about);
  EXPECT_TRUE(S_ISLNK(about.st_mode));
  EXPECT_EQ(content(path("file")), "new");
}

TEST_F(Files, ASymbolicLinkToNothingStays) {
  struct Body {
    static Coro<> main(std::string link) { co_await write_file(link, "new"); }
  };
  ASSERT_EQ(::symlink("second", path("first").c_str()), 0);
  ASSERT_EQ(::symlink(path("file").c_str(), path("second").c_str()), 0);
  run_seeded(Body::main(path("first")));
  struct stat about {};
  ::lstat(path("first").c_str(), &about);
  EXPECT_TRUE(S_ISLNK(about.st_mode));
  EXPECT_EQ(content(path("file")), "new");
}

TEST_F(Files, ALinkThatLeadsToItselfIsRefused) {
  ASSERT_EQ(::symlink("circle", path("circle").c_str()), 0);
  struct Body {
    static Coro<> main(std::string link) {
      EXPECT_EQ(co_await error_of(write_file(link, "")), ELOOP);
    }
  };
  run_seeded(Body::main(path("circle")));
}

/// While it lives, no file of this process grows beyond some bytes: a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t most) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &was_);
    const rlimit now{most, was_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &was_);
    ::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit was_{};
};

/// The mode of the new file when the disk was full; seen by a signal's handler.
volatile std::sig_atomic_t mode_meanwhile = 0;

void look_at_the_new_file(int) {
  const int error = errno;
  for (int fd = 3; fd < 256; ++fd) {
    char name[512] = "", link[32];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    struct stat about {};
    if (::readlink(link, name, sizeof name - 1) == -1 || ::fstat(fd, &about) == -1) continue;
    if (std::strstr(name, "/.aio-") != nullptr) mode_meanwhile = about.st_mode & 0777;
  }
  errno = error;
}

TEST_F(Files, WhoMayNotReadTheOldOneMayNotReadAPartOfTheNewOne) {
  struct Body {
    static Coro<> main(std::string path) {
      const FullDisk full(1000);
      ::signal(SIGXFSZ, look_at_the_new_file);
      EXPECT_EQ(co_await error_of(write_file(path, std::string(2000, 'x'))), EFBIG);
    }
  };
  ::chmod(made("secret", "old").c_str(), 0600);
  run_seeded(Body::main(path("secret")));
  EXPECT_EQ(mode_meanwhile, 0600);
}

/// For a while this process has no rights but those of everybody.
class Nobody {
 public:
  Nobody() { EXPECT_EQ(::seteuid(65534), 0); }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;
  ~Nobody() { EXPECT_EQ(::seteuid(0), 0); }
};

TEST_F(Files, OneThatChangesItsOwnerRunsAsNobodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  struct Body {
    static Coro<> main(std::string path) { co_await write_file(path, "new"); }
  };
  const std::string file = made("program", "old");
  ::chmod(file.c_str(), 06755);
  ::chmod(folder.c_str(), 0777);
  {
    const Nobody nobody;
    run_seeded(Body::main(file));
  }
  struct stat about {};
  ::stat(file.c_str(), &about);
  EXPECT_EQ(about.st_uid, 65534U);
  EXPECT_EQ(about.st_mode & 07777, 0755U) << "it would run with the rights of another one";
}

TEST_F(Files, WhatIsNoFileIsNotReplaced) {
  struct Body {
    static Coro<> main(std::string folder, std::string fifo, std::string gone) {
      EXPECT_EQ(co_await error_of(write_file(folder, "x")), EISDIR);
      EXPECT_EQ(co_await error_of(write_file(fifo, "x")), EOPNOTSUPP);
      EXPECT_EQ(co_await said(write_file(gone, "x")),
                "open \"" + gone + "\": No such file or directory");
    }
  };
  ::mkfifo(path("fifo").c_str(), 0600);
  run_seeded(Body::main(folder.string(), path("fifo"), path("gone/file")));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, AFullDiskLeavesTheOldOne) {
  struct Body {
    static Coro<> main(std::string path) {
      const FullDisk full(1000);
      EXPECT_EQ(co_await error_of(write_file(path, std::string(2000, 'x'))), EFBIG);
    }
  };
  made("file", "old");
  run_seeded(Body::main(path("file")));
  EXPECT_EQ(content(path("file")), "old");
  EXPECT_EQ(entries(), 1U) << "the new one is removed";
}

TEST_F(Files, NobodySeesAPartOfOneThatIsReplaced) {
  struct Body {
    static Coro<> main(std::string path, std::atomic<bool>& over) {
      for (int i = 0; i < 100; ++i) {
        co_await write_file(path, std::string(100'000, static_cast<char>('a' + i % 2)));
      }
      over = true;
    }
  };
  const std::string file = made("file", std::string(100'000, 'a'));
  std::atomic<bool> over = false;
  const std::jthread reader([&] {
    while (!over) {
      const std::string seen = content(file);
      ASSERT_EQ(seen.size(), 100'000U);
      ASSERT_EQ(seen.find_first_not_of(seen[0]), std::string::npos);
    }
  });
  struct Over {
    std::atomic<bool>& over;
    ~Over() { over = true; }
  } end{over};
  run_seeded(Body::main(file, over));
}

TEST_F(Files, OneThatHasNotBegunIsNotReplaced) {
  struct Body {
    static Coro<> main(std::string path) {
      const auto busy = std::make_shared<Gate>(), begun = std::make_shared<Gate>();
      const OpensAtEnd release(*busy);
      aio::set_default_executor(Executor({.threads = 1}));
      const auto hold = [busy, begun] {
        begun->open();
        busy->wait();
      };
      const Task<> held = aio::create_task(aio::to_thread(hold));
      co_await until(*begun);
      const Task<> writes = aio::create_task(write_file(path, "new"));
      co_await aio::sleep(0s);
      writes.cancel();
      EXPECT_THROW(co_await writes, CancelledError);
      busy->open();
      co_await held;
      EXPECT_EQ(co_await read_file(path), "old");
    }
  };
  run_seeded(Body::main(made("file", "old")));
}

// ── pieces ──

TEST_F(Files, AreReadInPieces) {
  struct Body {
    static Coro<> main(std::string path) {
      const File file = co_await File::open(path);
      EXPECT_EQ(co_await file.read(3), "012");
      EXPECT_EQ(file.position(), 3U);
      EXPECT_EQ(co_await file.read(0), "");
      EXPECT_EQ(co_await file.read(4), "3456");
      co_await file.seek(8);
      EXPECT_EQ(co_await file.read(100), "89");
      EXPECT_EQ(co_await file.read(100), "");
      co_await file.seek(1);
      EXPECT_EQ(co_await file.read(), "123456789");
      co_await file.seek(1000);
      EXPECT_EQ(co_await file.read(), "");
      EXPECT_EQ(co_await file.size(), 10U);
    }
  };
  run_seeded(Body::main(made("file", "0123456789")));
}

TEST_F(Files, AreReadByLine) {
  struct Body {
    static Coro<std::vector<std::string>> lines(std::string path) {
      const File file = co_await File::open(path);
      std::vector<std::string> all;
      while (const std::optional<std::string> line = co_await file.next_line()) {
        all.push_back(*line);
      }
      EXPECT_EQ(co_await file.read_line(), "");
      co_return all;
    }
    static Coro<> main(std::string some, std::string long_ones, std::string longest) {
      const std::vector<std::string> few = co_await lines(some);
      EXPECT_EQ(few, (std::vector<std::string>{"one\n", "\n", "three"}));
      const std::vector<std::string> all = co_await lines(long_ones);
      EXPECT_TRUE((all == std::vector<std::string>{longest + "\n", longest + "\n", longest}));
    }
  };
  const std::string longest(200'000, 'x');  // of several reads
  run_seeded(Body::main(made("some", "one\n\nthree"),
                        made("long", longest + "\n" + longest + "\n" + longest), longest));
}

TEST_F(Files, LinesAndPiecesFollowEachOther) {
  struct Body {
    static Coro<> main(std::string path) {
      const File file = co_await File::open(path, FileMode::update);
      EXPECT_EQ(co_await file.read_line(), "one\n");
      EXPECT_EQ(file.position(), 4U) << "what was read ahead does not count";
      EXPECT_EQ(co_await file.read(2), "tw");
      EXPECT_EQ(co_await file.read_line(), "o\n");
      co_await file.write("THREE");
      EXPECT_EQ(co_await file.read(), "\nfour\n");
      co_await file.seek(0);
      EXPECT_EQ(co_await file.read(), "one\ntwo\nTHREE\nfour\n");
    }
  };
  run_seeded(Body::main(made("file", "one\ntwo\nthree\nfour\n")));
}

TEST_F(Files, AreOpenedForOneThingOrAnother) {
  struct Body {
    static Coro<> put(std::string path, FileMode mode, std::string text) {
      const File file = co_await File::open(path, mode);
      co_await file.write(text);
      co_await file.close();
    }
    static Coro<> main(std::string path, std::string missing) {
      co_await put(path, FileMode::create, "one");
      EXPECT_EQ(co_await error_of(put(path, FileMode::create, "two")), EEXIST);
      co_await put(path, FileMode::append, "+more");
      EXPECT_EQ(content(path), "one+more");
      co_await put(path, FileMode::update, "ONE");
      EXPECT_EQ(content(path), "ONE+more");
      co_await put(path, FileMode::write, "new");
      EXPECT_EQ(content(path), "new");
      EXPECT_EQ(co_await said(put(path, FileMode::read, "x")),
                "write \"" + path + "\": Bad file descriptor");
      EXPECT_EQ(co_await error_of(put(missing, FileMode::update, "x")), ENOENT);
    }
  };
  run_seeded(Body::main(path("file"), path("missing")));
}

TEST_F(Files, AreAppendedToWhoeverElseDoes) {
  struct Body {
    static Coro<> main(std::string path) {
      const File one = co_await File::open(path, FileMode::append);
      const File other = co_await File::open(path, FileMode::append);
      co_await one.write("a");
      co_await other.write("bb");
      co_await one.write("c");
      EXPECT_EQ(one.position(), 4U);
      EXPECT_EQ(content(path), "abbc");
    }
  };
  run_seeded(Body::main(path("file")));
}

TEST_F(Files, AreCutFlushedAndClosed) {
  struct Body {
    static Coro<> main(std::string path) {
      File file = co_await File::open(path, FileMode::update);
      co_await file.truncate(3);
      co_await file.flush();
      EXPECT_EQ(co_await file.read(), "012");
      co_await file.close();
      co_await file.close();  // idempotent
      EXPECT_EQ(co_await said(file.read()), "this file is closed");
      EXPECT_EQ(co_await said(file.write("x")), "this file is closed");
      const File moved = std::move(file);
      EXPECT_EQ(tests::refusal([&] { static_cast<void>(file.read()); }),
                "this File is empty: it was moved from");
    }
  };
  run_seeded(Body::main(made("file", "0123456789")));
}

TEST(Files_FullDisk, AWriteThatFailsLeavesThePosition) {
  struct Body {
    static Coro<> main() {
      const File file = co_await File::open("/dev/full", FileMode::update);
      EXPECT_EQ(co_await said(file.write("x")), "write \"/dev/full\": No space left on device");
      EXPECT_EQ(file.position(), 0U);
    }
  };
  run_seeded(Body::main());
}

TEST_F(Files, CloseTheirDescriptors) {
  struct Body {
    static Coro<> main(std::string path) {
      const std::size_t before = open_descriptors();
      {
        const File dropped = co_await File::open(path), closed = co_await File::open(path);
        EXPECT_EQ(open_descriptors(), before + 2);
        co_await closed.close();
        EXPECT_EQ(open_descriptors(), before + 1);
      }
      EXPECT_EQ(open_descriptors(), before);
      co_await error_of(read_file("/nonesuch"));
      EXPECT_EQ(open_descriptors(), before);
    }
  };
  run_seeded(Body::main(made("file", "")));
}

// ── several at once ──

TEST_F(Files, TasksTakeTurns) {
  struct Body {
    static Coro<> main(std::string path) {
      const File file = co_await File::open(path);
      std::vector<Task<std::string>> reads;
      for (int i = 0; i < 100; ++i) reads.push_back(aio::create_task(file.read(10)));
      std::string all;
      for (const Task<std::string>& each : reads) all += co_await each;
      EXPECT_TRUE(all == content(path));
    }
  };
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>('a' + i * 7 % 26);
  aio::run(Body::main(made("file", text)));  // first come, first served: no seed
}

TEST_F(Files, WritesKeepTheirOrder) {
  struct Body {
    static Coro<> main(std::string path, std::string expected) {
      const File file = co_await File::open(path, FileMode::append);
      std::vector<Task<>> writes;
      for (const char letter : expected) {
        writes.push_back(aio::create_task(file.write(std::string(1, letter))));
      }
      const Task<> closes = aio::create_task(file.close());
      for (const Task<>& each : writes) co_await each;
      co_await closes;
      EXPECT_EQ(content(path), expected);
    }
  };
  aio::run(Body::main(path("file"), "the order of the calls"));
}

TEST(Seeded_Files, ACancelledReadSkipsNothing) {
  struct Body {
    static Coro<> main(std::string path, std::string text) {
      const File file = co_await File::open(path);
      std::string all;
      for (int turns = 0; all.size() < text.size(); turns = (turns + 1) % 7) {
        const Task<std::string> read =
            aio::create_task(turns % 2 == 0 ? Coro<std::string>(file.read(37)) : file.read_line());
        for (int i = 0; i < turns; ++i) co_await aio::sleep(0s);
        read.cancel();
        try {
          all += co_await read;
        } catch (const CancelledError&) {
        }
        if (turns == 6) all += co_await file.read(11);
      }
      EXPECT_TRUE(all == text);
    }
  };
  std::string text;
  for (int i = 0; i < 3000; ++i) text += i % 50 == 49 ? '\n' : static_cast<char>('a' + i % 26);
  const auto path = tests::temporary("cancelled-read");
  std::ofstream(path) << text;
  run_seeded(Body::main(path, text));
  fs::remove(path);
}

/// Not before the job that was cancelled has ended, though nobody waits for that one.
TEST(Files_Strand, TheNextBeginsWhenTheLastHasEnded) {
  struct Body {
    static Coro<> main() {
      const auto begun = std::make_shared<Gate>(), may_end = std::make_shared<Gate>();
      const auto ended = std::make_shared<std::atomic<bool>>(false);
      const OpensAtEnd release(*may_end);
      const aio::detail::StrandThreads strand(
          std::make_shared<aio::detail::Strand>(Executor({.threads = 4})));
      const auto slow = [begun, may_end, ended] {
        begun->open();
        may_end->wait();
        *ended = true;
      };
      const auto next = [ended] { return ended->load(); };
      const Task<> first = aio::create_task(aio::detail::call_on(strand, slow));
      const Task<bool> second = aio::create_task(aio::detail::call_on(strand, next));
      co_await until(*begun);
      first.cancel();
      EXPECT_THROW(co_await first, CancelledError);
      may_end->open();
      EXPECT_TRUE(co_await second);
    }
  };
  aio::run(Body::main());
}

}  // namespace
