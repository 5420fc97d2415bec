// Name: An exception that comes again
// Says: your next() throws what the body has thrown each time that it is asked, not once
// Caught-by: Use6e_Generator.HandsAnExceptionToWhoeverAsks

struct Generator {
  bool next() override {
    if (!handle_.done()) handle_.resume();
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    return !handle_.done();
  }
};
