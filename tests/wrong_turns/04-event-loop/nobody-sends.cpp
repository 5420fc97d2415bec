// Name: An outbox without a writer
// Says: your outbox keeps the bytes and never asks the loop for a writer: they are not sent at all
// Caught-by: Fix4b_Outbox.ItIsQuietAgainAfterTheLastByte

void Outbox::send(std::string_view bytes) { bytes_ += bytes; }
