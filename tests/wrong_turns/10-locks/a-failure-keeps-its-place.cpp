// Name: Giving the place back by hand
// Says: your place is given back only when the page has come; a download that fails or is cancelled
//   keeps it for ever
// Caught-by: Use10c_Downloads.AFailureFreesItsPlaceAndIsAnEntry,
//   Use10c_Downloads.ACancelledDownloadFreesItsPlace

//: use-10c
aio::Coro<std::string> Downloads::get(std::string page) {
  co_await places_.acquire();
  std::string text = co_await pages::fetch_page(port_, std::move(page));
  places_.release();
  co_return text;
}
