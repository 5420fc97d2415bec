// Name: All letters at once
// Says: your letters are posted at the same time, and not one after the other
// Caught-by: Fix16c_Newsletter.AllLettersArePostedBeforeItCloses

struct Newsletter {
  aio::Coro<> send_to_all() {
    std::vector<aio::Task<>> letters;
    for (const std::string& reader : readers_) letters.push_back(aio::create_task(send_to(reader)));
    for (const aio::Task<>& letter : letters) co_await letter;
  }
};
