// use-5c: fetch, then parse, then fetch: a chain of callbacks, each inside the one before.

#include <exception>
#include <string>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>

#include "web.hpp"

//: use-5c three requests, each made when the one before has been answered
aio::Future<std::string> author_of_the_day(Web& web) {
  const aio::Future<std::string> author(web.loop());
  const auto attempt = [author](const auto& step) {
    if (author.done()) return;  // somebody has cancelled it
    try {
      step();
    } catch (const aio::CancelledError&) {
      author.cancel();
    } catch (...) {
      author.set_exception(std::current_exception());
    }
  };
  web.fetch("/").add_done_callback([&web, author, attempt](auto& front) {
    attempt([&] {
      const std::string article = field(front.result(), "article");
      web.fetch(article).add_done_callback([&web, author, attempt](auto& text) {
        attempt([&] {
          const std::string person = field(text.result(), "author");
          web.fetch(person).add_done_callback([author, attempt](auto& about) {
            attempt([&] { author.set_result(field(about.result(), "name")); });
          });
        });
      });
    });
  });
  return author;
}
