// Name: A failure on the way is lost
// Says: what your callbacks throw leaves them for the loop, and whoever waits for the result waits
//   for ever
// From: every library of callbacks: an exception that is thrown in a callback never reaches the one
//   who asked
// Caught-by: Use5c_Author.APageThatIsMissingIsAFailure, Use5c_Author.APageThatSaysNothingIsAFailure

//: use-5c
aio::Future<std::string> author_of_the_day(Web& web) {
  const aio::Future<std::string> author(web.loop());
  const auto attempt = [author](const auto& step) {
    if (author.done()) return;  // somebody has cancelled it
    step();
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
