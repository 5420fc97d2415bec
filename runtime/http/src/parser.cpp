// llhttp, and nobody else, decides what a message is; what it lets through is refused before.

#include <llhttp/llhttp.h>
