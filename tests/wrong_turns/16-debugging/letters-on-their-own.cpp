// Name: Letters on their own
// Says: your letters are tasks that nobody awaits: the post office is closed before they are posted
// Caught-by: Fix16c_Newsletter.AllLettersArePostedBeforeItCloses

struct Newsletter {
  aio::Coro<> send_to_all() {
    for (const std::string& reader : readers_) {
      aio::create_task([](PostOffice& office, std::string to, std::string letter) -> aio::Coro<> {
        co_await office.post(to, letter);
      }(office_, reader, letter_to(reader)));
    }
    co_return;
  }
};
