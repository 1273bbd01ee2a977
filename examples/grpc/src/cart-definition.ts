import { fileURLToPath } from 'node:url';
import {
  loadPackageDefinition, type CallOptions, type ChannelCredentials, type Client, type ClientDuplexStream, type ClientReadableStream,
  type ClientUnaryCall, type ClientWritableStream, type requestCallback, type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export interface AddItemRequest { cartId: string; productId: number; quantity: number }
export interface AddItemReply { lineCount: number }
export interface CartRequest { cartId: string }
export interface CartPrice { totalCents: number; parcelGrams: number[] }
export interface Reservation { shelves: number[] }
export interface OfferQuery { text: string }
export interface Offer { title: string; priceCents: number }
export interface ItemCode { code: string; name: string }
export interface ImportSummary { accepted: number; rejected: number; firstName: string }
export interface Bid { cents: number }
export interface BidAnswer { accepted: boolean; askedCents: number }
export interface StockQuery { productCount: number }
export interface StockLevels { lines: string[] }

export interface CartClient extends Client {
  addItem(request: AddItemRequest, options: CallOptions, callback: requestCallback<AddItemReply>): ClientUnaryCall;
  priceCart(request: CartRequest, options: CallOptions, callback: requestCallback<CartPrice>): ClientUnaryCall;
  reserveItems(request: CartRequest, options: CallOptions, callback: requestCallback<Reservation>): ClientUnaryCall;
  listOffers(request: OfferQuery, options: CallOptions): ClientReadableStream<Offer>;
  importItems(options: CallOptions, callback: requestCallback<ImportSummary>): ClientWritableStream<ItemCode>;
  haggle(options: CallOptions): ClientDuplexStream<Bid, BidAnswer>;
  watchStock(request: StockQuery): ClientReadableStream<StockLevels>;
}

interface CartClientConstructor {
  new (address: string, credentials: ChannelCredentials): CartClient;
  readonly service: ServiceDefinition;
}

const protoFile = fileURLToPath(new URL('../proto/shop.proto', import.meta.url));
const packages = loadPackageDefinition(loadSync(protoFile, { defaults: true })) as unknown as { shop: { Cart: CartClientConstructor } };

/** Client of the service `shop.Cart`, and in `Cart.service` what a server of it has to implement. */
export const Cart: CartClientConstructor = packages.shop.Cart;
