// The program behind ./learn book.

#include <charconv>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <aio/task.hpp>

#include <mistake.hpp>
#include "chapters.hpp"
#include "exporting.hpp"
#include "serving.hpp"

namespace book {
namespace {

constexpr std::string_view usage =
    "./learn book [--port N] [--no-browser]   the course as pages, on this machine only\n"
    "./learn book --export DIR                a copy that any web server can serve\n";

struct Arguments {
  std::uint16_t port = 8117;
  bool opens = true;
  std::string folder;  // to export to
  bool asks_for_help = false;
};

std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size())
    throw coach::WrongUsage(fmt::format("\"{}\" is no port: a number from 0 to 65535.", text));
  return port;
}

Arguments read(int argc, char** argv) {
  Arguments given;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto value = [&] {
      if (++i == argc) throw coach::WrongUsage(fmt::format("{} needs a value.\n{}", word, usage));
      return std::string(argv[i]);
    };
    if (word == "--port") {
      given.port = port_of(value());
    } else if (word == "--export") {
      given.folder = value();
    } else if (word == "--no-browser") {
      given.opens = false;
    } else if (word == "--help" || word == "-h") {
      given.asks_for_help = true;
    } else if (word != "--plain") {
      throw coach::WrongUsage(std::string(usage));
    }
  }
  return given;
}

int run(const Arguments& given) {
  if (given.asks_for_help) {
    fmt::print("{}", usage);
    return 0;
  }
  const coach::Terminal terminal(true);
  const coach::Course course = coach::Course::read();
  coach::Progress progress(terminal, course.keys());
  Book book({terminal, course, progress});
  if (!given.folder.empty()) book.start_export();
  add_chapters(book);
  if (!given.folder.empty()) {
    const std::size_t files = export_to(book, given.folder);
    fmt::print("{} files are in {}; begin with index.html.\n", files, given.folder);
    return 0;
  }
  aio::run(serve(book, given.port, given.opens));
  return 0;
}

}  // namespace
}  // namespace book

int main(int argc, char** argv) {
  try {
    return book::run(book::read(argc, argv));
  } catch (const aio::KeyboardInterrupt&) {
    return 0;
  } catch (const coach::WrongUsage& mistake) {
    std::fprintf(stderr, "%s\n", mistake.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
