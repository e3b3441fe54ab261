"""Short notes as people leave them in warehouses, written for this project."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.permutation import Permutation
from dw_simulator.engine.randomness import Stream

_REPEATS = 64
SENTENCES = tuple(
    """Left with the neighbour at number nine
Please ring the bell twice
Gift wrapping was asked for
The customer called about a late parcel
Second delivery attempt failed
Box was damaged on one side
Refund agreed by phone
Invoice sent to the new address
Paid by card at the counter
Waiting for the supplier to confirm
Stock was counted again on Friday
Wrong colour was shipped
Exchange for a larger size
Deliver after five in the evening
Keep cool during transport
Fragile glass inside
The driver has the key
Price matched with another shop
Discount approved by the manager
Order was split into two shipments
Customer prefers email over phone
Address checked against the map
Tax exempt papers are on file
Returned without the original box
The warranty card is missing
A new label was printed
Held at the border for inspection
Cleared customs the same day
Express freight at no extra cost
Partial payment received
Balance is due next month
Contract renewed for a year
Account moved to the northern team
Quality check passed
Quality check found a scratch
Sample sent ahead of the order
Colour differs from the picture
Bulk order for a school
Seats together near the aisle
Two tickets were upgraded
The show was moved to Sunday
Doors open an hour earlier
Wheelchair access is needed
Vegetarian meal requested
Late checkout was granted
Room faces the garden
Regular visitor since the spring
Asked for a written quote
Quote accepted without changes
Quote declined because of the price
Competitor offered free delivery
Needs an answer before Thursday
Meeting set for the afternoon
Left a message with the office
No answer on the second call
Line was busy all morning
Opened a ticket with support
Ticket closed after a restart
The update fixed the problem
Password was reset on request
Report attached to the file
Numbers agree with last quarter
Difference of a few cents written off
Counted twice and found correct
Pallet stored in the upper rack
Moved to the warehouse by the river
Truck arrived ahead of time
Truck delayed by snow on the pass
Loaded in the order of the stops
Unload from the left side only
Signature was hard to read
Signed for by the caretaker
Handed over in person
Put behind the garden gate
Sent back because nobody was home
Customer will collect it tomorrow
Collected by a friend with a note
Spare parts are out of stock
Spare parts arrive in two weeks
Replacement shipped from another branch
Old unit to be picked up
Installation included in the price
Installer was very friendly
Manual is in three languages
Battery sold separately
Works with the older model too
Tested before it left the factory
Serial number does not match
Serial number was corrected
Photo added to the case
Insurance was informed
Insurance covers the full value
Claim settled within a week
Thank you note received
Rated five stars and a kind word
Complaint about the packaging
Less plastic was requested
Recycled boxes from now on
Reminder sent on the first
Second reminder goes out on Monday
Credit limit raised
Credit limit reached
Prepayment required for now
Bank details were verified
Currency is settled at shipping
Rounded in favour of the customer
Voucher used at checkout
Voucher expired a day too early
Points were added by hand
Member card not at hand
Joined the loyalty program
Unsubscribed from the newsletter
Survey answered in full
Found through a search engine
Recommended by a colleague
Saw the poster in the station
First order this season
Biggest order of the month
Small order with express shipping
Standing order every four weeks
Paused during the holidays
Resume in the second week of May
Do not bend
Handle with both hands
This side up
Keep away from direct light
Check the seal before opening
Opened by inspection and sealed again
Weight differs from the label
Label was wet and hard to scan
Scanned by hand at the gate
Gate code changed last night
Ask for the yellow form
Form signed and filed
Filed under the former name
Name changed after the merger
Merged with the parent account
Duplicate removed from the list
List sent to the regional office
Office closed for the week""".splitlines()
)


@cache
def corpus() -> tuple[bytes, NDArray[np.int64], NDArray[np.int64]]:
    """Every sentence many times in changing order, as one text.

    Returns the text, the offset of each sentence's start, and the offset of each word's end.
    """
    size = len(SENTENCES)
    order = [
        int(k)
        for repeat in range(_REPEATS)
        for k in Permutation(size, Stream.named(0, "corpus", str(repeat)))(np.arange(size, dtype=np.uint64))
    ]
    text = ". ".join(SENTENCES[k] for k in order) + ". "
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    lengths = np.array([len(SENTENCES[k]) + 2 for k in order], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    spaces = np.flatnonzero(data == ord(" "))
    return text.encode(), starts, spaces.astype(np.int64)
